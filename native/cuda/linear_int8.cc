// linear_int8: quantize_int8 into the workspace, then the int8 product.
#include "cuda/device.h"
#include "cuda/launch.h"

namespace qutlass::cuda {

namespace {

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

}  // namespace

size_t workspace_bytes(const LinearInt8Args& args) {
  const MatmulInt8Args product = product_of(args, quantization_of(args, nullptr));
  return layout_of(args).product + workspace_bytes(product);
}

const char* linear_int8(const LinearInt8Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  const QuantizeInt8Args quantization = quantization_of(args, workspace);
  if (const char* reason = quantize_int8(quantization, stream)) return reason;
  void* scratch = static_cast<char*>(workspace) + layout_of(args).product;
  return matmul_int8(product_of(args, quantization), scratch, stream);
}

}  // namespace qutlass::cuda
