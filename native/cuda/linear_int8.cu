// linear_int8: one kernel for a single row of x, else quantize_int8 into the workspace and then the
// int8 product.
#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/linear_int8_stream.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "linear_int8";
constexpr int64_t kAlignment = 256;

// Where in the workspace the quantized x and the scratch of the product lie.
struct Layout {
  int64_t values;
  int64_t scale;
  int64_t zero;
  int64_t product;
};

Layout layout_of(const LinearInt8Args& args) {
  Layout layout{};
  layout.scale = round_up(args.m * int8_words(args.k) * 4, kAlignment);
  layout.zero = layout.scale + round_up(args.m * 4, kAlignment);
  layout.product = layout.zero + round_up(args.m * 4, kAlignment);
  return layout;
}

MatmulInt8Args product_of(const LinearInt8Args& args, const QuantizeInt8Args& quantized) {
  MatmulInt8Args product{};
  product.a = quantized.values;
  product.b = args.w;
  product.sa = quantized.scale;
  product.sb = args.w_scale;
  product.a_zero = args.symmetric ? nullptr : quantized.zero;
  product.bias = args.bias;
  product.y = args.y;
  product.m = args.m;
  product.n = args.n;
  product.words = int8_words(args.k);
  product.sb_is_scalar = args.w_scale_is_scalar;
  product.activation = args.activation;
  return product;
}

QuantizeInt8Args quantization_of(const LinearInt8Args& args, void* workspace) {
  const Layout layout = layout_of(args);
  auto* bytes = static_cast<char*>(workspace);
  QuantizeInt8Args quantization{};
  quantization.x = args.x;
  quantization.values = reinterpret_cast<int32_t*>(bytes + layout.values);
  quantization.scale = reinterpret_cast<float*>(bytes + layout.scale);
  quantization.zero = reinterpret_cast<int32_t*>(bytes + layout.zero);
  quantization.rows = args.m;
  quantization.k = args.k;
  quantization.symmetric = args.symmetric;
  return quantization;
}

// The row must fit beside the rings. A forced configuration is the product's, by the longer way.
bool is_one_kernel(const LinearInt8Args& args) {
  constexpr int64_t kStaticBytes = sizeof(ValueRange) * kQuantizeMaxThreads / kWarpSize;
  return args.m == 1 &&
         stream_shared_bytes<Int8Ring, 1>(kStreamMaxWarps) + Int8SharedRow::bytes(args.k) +
                 kStaticBytes <=
             kMaxSharedBytes &&
         !is_plan_forced(menu_for(product_of(args, {})));
}

template <bool kHasZero, bool kAligned>
cudaError_t launch_one_kernel(const LinearInt8Args& args, const MatmulInt8Args& product,
                              Stream stream) {
  constexpr auto kernel = stream_linear_int8_kernel<kHasZero, kAligned>;
  if (const cudaError_t error = allow_shared_memory<kernel>(kMaxSharedBytes)) return error;
  const auto plan = StreamPlan::of<Int8Ring>(product.n, product.words);
  const int bytes =
      stream_shared_bytes<Int8Ring, 1>(plan.warps, static_cast<int>(Int8SharedRow::bytes(args.k)));
  kernel<<<plan.blocks, plan.warps * kWarpSize, bytes, stream>>>(args, product, plan);
  return cudaGetLastError();
}

cudaError_t launch_one_kernel(const LinearInt8Args& args, const MatmulInt8Args& product,
                              Stream stream) {
  const GlobalMatrix weights{product.b, product.n, product.words * 4};
  // The kernel for zero points takes their absence too.
  if (!weights.rows_are_aligned()) return launch_one_kernel<true, false>(args, product, stream);
  return args.symmetric ? launch_one_kernel<false, true>(args, product, stream)
                        : launch_one_kernel<true, true>(args, product, stream);
}

}  // namespace

size_t workspace_bytes(const LinearInt8Args& args) {
  if (is_one_kernel(args)) return 0;
  const MatmulInt8Args product = product_of(args, quantization_of(args, nullptr));
  return layout_of(args).product + workspace_bytes(product);
}

const char* linear_int8(const LinearInt8Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  const QuantizeInt8Args quantization = quantization_of(args, workspace);
  if (is_one_kernel(args)) {
    return failure(kOp, launch_one_kernel(args, product_of(args, quantization), stream));
  }
  if (const char* reason = quantize_int8(quantization, stream)) return reason;
  void* scratch = static_cast<char*>(workspace) + layout_of(args).product;
  return matmul_int8(product_of(args, quantization), scratch, stream);
}

}  // namespace qutlass::cuda
