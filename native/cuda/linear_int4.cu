// linear_int4: one kernel for a single row of x, else its quantization into the workspace, widened
// where the product wants it so, and then the product with the weights.
#include "cuda/device.h"
#include "cuda/integer_product.h"
#include "cuda/launch.h"
#include "cuda/linear_integers_stream.cuh"
#include "cuda/tile_plan.h"
#include "cuda/widened_int4.h"
#include "qutlass/linear_product.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "linear_int4";
constexpr int64_t kAlignment = 256;

// Where in the workspace the quantized x and the scratch of the product lie.
struct Layout {
  int64_t scale;
  int64_t sums;  // of the rows of x, where it is widened
  int64_t product;
};

Layout layout_of(const LinearInt4Args& args, bool widened) {
  const int64_t words = int4_words(args.k);
  Layout layout{};
  layout.scale = round_up(args.m * (widened ? widened_words(words) : words) * 4, kAlignment);
  layout.sums = layout.scale + round_up(args.m * 4, kAlignment);
  layout.product = layout.sums + (widened ? round_up(args.m * 4, kAlignment) : 0);
  return layout;
}

QuantizeInt4Args quantization_of(const LinearInt4Args& args) {
  QuantizeInt4Args quantization{};
  quantization.x = args.x;
  quantization.rows = args.m;
  quantization.k = args.k;
  quantization.method = args.method;
  quantization.rotation = args.rotation;
  return quantization;
}

// Without the quantized x: it will lie at a multiple of 256 bytes, and so is aligned as null is.
MatmulInt4Int4Args product_of(const LinearInt4Args& args) {
  return product_of_rows<MatmulInt4Int4Args>(args, int4_words(args.k));
}

QuantizedRow row_of(const LinearInt4Args& args) { return {args.x, args.k, true, args.method}; }

// A forced configuration is the product's, by the longer way, which matrices take too.
bool is_one_kernel(const LinearInt4Args& args) {
  const bool is_matrix = args.rotation.block_size && args.rotation.matrix;
  return args.m == 1 && !is_matrix && fits_stream_linear<Int4Elements>(row_of(args)) &&
         !is_plan_forced(menu_for(product_of(args)));
}

cudaError_t launch_one_kernel(const LinearInt4Args& args, Stream stream) {
  const MatmulInt8Args product = as_words(product_of(args));
  const bool is_plain = args.rotation.block_size == 0 && args.method == ScaleMethod::kAbsMax;
  if (is_plain && has_aligned_weights(product) && is_aligned(args.x, kChunkBytes)) {
    return launch_stream_linear<Int4Elements, true>(PlainInt4RowQuantizer{row_of(args)}, product,
                                                    stream);
  }
  const HadamardRowQuantizer<Int4Format> quantize{
      row_of(args), GroupedHadamard{HadamardRotation(args.rotation.block_size)}};
  return has_aligned_weights(product)
             ? launch_stream_linear<Int4Elements, true>(quantize, product, stream)
             : launch_stream_linear<Int4Elements, false>(quantize, product, stream);
}

}  // namespace

size_t workspace_bytes(const LinearInt4Args& args) {
  if (is_one_kernel(args)) return 0;
  const IntegerProduct product = product_of_widened(product_of(args));
  return layout_of(args, takes_widened(product)).product + workspace_bytes(product);
}

const char* linear_int4(const LinearInt4Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  if (is_one_kernel(args)) return failure(kOp, launch_one_kernel(args, stream));
  IntegerProduct product = product_of_widened(product_of(args));
  const bool widened = takes_widened(product);
  const Layout layout = layout_of(args, widened);
  auto* bytes = static_cast<char*>(workspace);
  QuantizeInt4Args quantization = quantization_of(args);
  quantization.values = reinterpret_cast<int32_t*>(bytes);
  quantization.scale = reinterpret_cast<float*>(bytes + layout.scale);
  product.args.a = quantization.values;
  product.args.sa = quantization.scale;
  if (widened) {
    auto* sums = reinterpret_cast<int32_t*>(bytes + layout.sums);
    product.args.a_zero = sums;
    if (const char* reason = quantize_widened_int4(quantization, sums, stream)) return reason;
  } else {
    if (const char* reason = quantize_int4(quantization, stream)) return reason;
  }
  return run(product, bytes + layout.product, stream);
}

}  // namespace qutlass::cuda
