// linear_int8: one kernel for a single row of x, else quantize_int8 into the workspace and then the
// int8 product.
#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/linear_integers_stream.cuh"
#include "cuda/tile_plan.h"
#include "qutlass/linear_product.h"

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
  auto product = product_of_rows<MatmulInt8Args>(args, int8_words(args.k));
  product.a = quantized.values;
  product.sa = quantized.scale;
  product.a_zero = args.symmetric ? nullptr : quantized.zero;
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
  quantization.method = args.method;
  quantization.rotation = args.rotation;
  return quantization;
}

QuantizedRow row_of(const LinearInt8Args& args) {
  return {args.x, args.k, args.symmetric, args.method};
}

// A forced configuration is the product's, by the longer way, which matrices take too.
bool is_one_kernel(const LinearInt8Args& args) {
  const bool is_matrix = args.rotation.block_size && args.rotation.matrix;
  return args.m == 1 && !is_matrix && fits_stream_linear<Int8Elements<true>>(row_of(args)) &&
         !is_plan_forced(menu_for(product_of(args, {})));
}

template <class RowQuantizer>
cudaError_t launch_one_kernel(const RowQuantizer& quantize, const MatmulInt8Args& product,
                              Stream stream) {
  // The kernel for zero points takes their absence too.
  using HasZero = Int8Elements<true>;
  if (!has_aligned_weights(product)) {
    return launch_stream_linear<HasZero, false>(quantize, product, stream);
  }
  return quantize.row.symmetric
             ? launch_stream_linear<Int8Elements<false>, true>(quantize, product, stream)
             : launch_stream_linear<HasZero, true>(quantize, product, stream);
}

cudaError_t launch_one_kernel(const LinearInt8Args& args, const MatmulInt8Args& product,
                              Stream stream) {
  const QuantizedRow row = row_of(args);
  if (args.rotation.block_size == 0 && args.method == ScaleMethod::kAbsMax) {
    return launch_one_kernel(PlainRowQuantizer{row}, product, stream);
  }
  const GroupedHadamard rotation{HadamardRotation(args.rotation.block_size)};
  return launch_one_kernel(HadamardRowQuantizer<Int8Format>{row, rotation}, product, stream);
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
