// linear_int8_int4: quantize_int8 into the workspace, then the int4 product of the integers, whose
// scales are those of its rows.
#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/matmul_int8_int4.h"
#include "qutlass/linear_product.h"

namespace qutlass::cuda {

namespace {

constexpr int64_t kAlignment = 256;

// Where in the workspace, after the quantized x, its scales and the scratch of the product lie.
struct Layout {
  int64_t scale;
  int64_t product;

  explicit Layout(const LinearInt8Int4Args& args)
      : scale(round_up(args.m * int8_words(args.k) * 4, kAlignment)),
        product(scale + round_up(args.m * 4, kAlignment)) {}
};

QuantizeInt8Args quantization_of(const LinearInt8Int4Args& args, void* workspace) {
  auto* bytes = static_cast<char*>(workspace);
  QuantizeInt8Args quantization{};
  quantization.x = args.x;
  quantization.values = reinterpret_cast<int32_t*>(bytes);
  quantization.scale = reinterpret_cast<float*>(bytes + Layout(args).scale);
  quantization.rows = args.m;
  quantization.k = args.k;
  quantization.symmetric = true;
  quantization.method = args.method;
  quantization.rotation = args.rotation;
  return quantization;
}

}  // namespace

size_t workspace_bytes(const LinearInt8Int4Args& args) {
  return Layout(args).product + workspace_bytes(product_of_rows(args, nullptr));
}

const char* linear_int8_int4(const LinearInt8Int4Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  const QuantizeInt8Args quantization = quantization_of(args, workspace);
  if (const char* reason = quantize_int8(quantization, stream)) return reason;
  return matmul_int8_int4(product_of_rows(args, quantization.scale), quantization.values,
                          static_cast<char*>(workspace) + Layout(args).product, stream);
}

}  // namespace qutlass::cuda
