// linear_int4: one kernel for a single row of x, else quantize_int4 into the workspace and then its
// product with the weights.
#include "cuda/device.h"
#include "cuda/integer_product.h"
#include "cuda/launch.h"
#include "cuda/linear_integers_stream.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "linear_int4";
constexpr int64_t kAlignment = 256;

// Where in the workspace the quantized x and the scratch of the product lie.
struct Layout {
  int64_t scale;
  int64_t product;
};

Layout layout_of(const LinearInt4Args& args) {
  Layout layout{};
  layout.scale = round_up(args.m * int4_words(args.k) * 4, kAlignment);
  layout.product = layout.scale + round_up(args.m * 4, kAlignment);
  return layout;
}

QuantizeInt4Args quantization_of(const LinearInt4Args& args, void* workspace) {
  auto* bytes = static_cast<char*>(workspace);
  QuantizeInt4Args quantization{};
  quantization.x = args.x;
  quantization.values = reinterpret_cast<int32_t*>(bytes);
  quantization.scale = reinterpret_cast<float*>(bytes + layout_of(args).scale);
  quantization.rows = args.m;
  quantization.k = args.k;
  quantization.method = args.method;
  quantization.rotation = args.rotation;
  return quantization;
}

MatmulInt4Int4Args product_of(const LinearInt4Args& args, const QuantizeInt4Args& quantized) {
  MatmulInt4Int4Args product{};
  product.a = quantized.values;
  product.b = args.w;
  product.sa = quantized.scale;
  product.sb = args.w_scale;
  product.bias = args.bias;
  product.y = args.y;
  product.m = args.m;
  product.n = args.n;
  product.words = int4_words(args.k);
  product.sb_is_scalar = args.w_scale_is_scalar;
  product.activation = args.activation;
  return product;
}

QuantizedRow row_of(const LinearInt4Args& args) { return {args.x, args.k, true, args.method}; }

// A forced configuration is the product's, by the longer way, which matrices take too.
bool is_one_kernel(const LinearInt4Args& args) {
  const bool is_matrix = args.rotation.block_size && args.rotation.matrix;
  return args.m == 1 && !is_matrix && fits_stream_linear<Int4Elements>(row_of(args)) &&
         !is_plan_forced(menu_for(product_of(args, {})));
}

cudaError_t launch_one_kernel(const LinearInt4Args& args, Stream stream) {
  const HadamardRowQuantizer<Int4Format> quantize{row_of(args),
                                                  HadamardRotation(args.rotation.block_size)};
  const MatmulInt8Args product = as_words(product_of(args, {}));
  return has_aligned_weights(product)
             ? launch_stream_linear<Int4Elements, true>(quantize, product, stream)
             : launch_stream_linear<Int4Elements, false>(quantize, product, stream);
}

}  // namespace

size_t workspace_bytes(const LinearInt4Args& args) {
  if (is_one_kernel(args)) return 0;
  const MatmulInt4Int4Args product = product_of(args, quantization_of(args, nullptr));
  return layout_of(args).product + workspace_bytes(product_of(product, true));
}

const char* linear_int4(const LinearInt4Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  if (is_one_kernel(args)) return failure(kOp, launch_one_kernel(args, stream));
  const QuantizeInt4Args quantization = quantization_of(args, workspace);
  if (const char* reason = quantize_int4(quantization, stream)) return reason;
  void* scratch = static_cast<char*>(workspace) + layout_of(args).product;
  return run(product_of(product_of(args, quantization), true), scratch, stream);
}

}  // namespace qutlass::cuda
