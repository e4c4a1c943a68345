#include "cuda/integer_product.h"

#include "cuda/each_word.cuh"
#include "cuda/integer_epilogue.cuh"

namespace qutlass::cuda {

namespace {

const char* plan_for(const IntegerProduct& product, TilePlan* plan) {
  const MatmulInt8Args& args = product.args;
  return make_plan(product.op, product.kernels.menu,
                   {args.m, args.n, args.words * product.per_word}, plan);
}

}  // namespace

std::string configuration(const IntegerProduct& product) {
  TilePlan plan;
  if (const char* reason = plan_for(product, &plan)) return reason;
  return plan_name(product.kernels.menu, plan);
}

size_t workspace_bytes(const IntegerProduct& product) {
  const MatmulInt8Args& args = product.args;
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(product, &plan) || plan.splits == 1) return 0;
  return sizeof(int32_t) * plan.splits * args.m * args.n;
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
  if (plan.splits == 1) return failure(op, launch(args, nullptr, plan, stream));

  auto* partials = static_cast<int32_t*>(workspace);
  if (const cudaError_t error = launch(args, partials, plan, stream)) return failure(op, error);
  return failure(
      op, launch_each_word(FinishIntegers{args, partials, plan.splits}, args.m, args.n, stream));
}

}  // namespace qutlass::cuda
