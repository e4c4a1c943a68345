#include "cuda/each_word.cuh"
#include "cuda/integer_epilogue.cuh"
#include "cuda/integer_product.h"
#include "cuda/widened_int4.h"

namespace qutlass::cuda {

namespace {

const char* plan_for(const IntegerProduct& product, TilePlan* plan) {
  const MatmulInt8Args& args = product.args;
  return make_plan(product.op, product.kernels.menu,
                   {args.m, args.n, args.words * product.per_word}, plan);
}

size_t partials_bytes(const MatmulInt8Args& args, const TilePlan& plan) {
  return plan.splits == 1 ? 0 : round_up(sizeof(int32_t) * plan.splits * args.m * args.n, 256);
}

size_t widened_bytes(const IntegerProduct& product, const TilePlan& plan) {
  const MatmulInt8Args& args = product.args;
  if (plan.config < product.kernels.wide_from || !product.kernels.widens) return 0;
  return sizeof(int32_t) * args.m * (widened_words(args.words) + 1);
}

}  // namespace

std::string configuration(const IntegerProduct& product) {
  TilePlan plan;
  if (const char* reason = plan_for(product, &plan)) return reason;
  return plan_name(product.kernels.menu, plan);
}

bool takes_widened(const IntegerProduct& product) {
  TilePlan plan;
  return !plan_for(product, &plan) && plan.config >= product.kernels.wide_from;
}

size_t workspace_bytes(const IntegerProduct& product) {
  const MatmulInt8Args& args = product.args;
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(product, &plan)) return 0;
  return partials_bytes(args, plan) + widened_bytes(product, plan);
}

const char* run(const IntegerProduct& product, void* workspace, Stream stream) {
  const auto& [op, args, per_word, kernels] = product;
  if (args.m == 0 || args.n == 0) return nullptr;
  TilePlan plan;
  if (const char* reason = plan_for(product, &plan)) return reason;
  if (plan.config == TilePlan::kStream) {
    const LaunchStream launch = args.m <= 8 ? kernels.stream_8 : kernels.stream_16;
    return failure(op, launch(args, stream));
  }
  const LaunchTiles launch = kernels.tiles[plan.config];
  auto* bytes = static_cast<char*>(workspace);
  IntegerScratch scratch{};
  if (plan.splits > 1) scratch.partials = reinterpret_cast<int32_t*>(bytes);
  scratch.widened = reinterpret_cast<int32_t*>(bytes + partials_bytes(args, plan));
  const cudaError_t error = launch(args, scratch, plan, stream);
  if (error || plan.splits == 1) return failure(op, error);
  return failure(op, launch_each_word(FinishIntegers{args, scratch.partials, plan.splits}, args.m,
                                      args.n, stream));
}

}  // namespace qutlass::cuda
