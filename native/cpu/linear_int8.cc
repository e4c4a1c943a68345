// quantize_int8, then matmul_int8, so that the bits are those of the two ops.
#include "cpu/kernels.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

// The quantized activations, and what the product needs after them.
struct Plan {
  int32_t* values;
  float* scale;
  int32_t* zero;
  void* product_workspace;

  Plan(const LinearInt8Args& args, Workspace& workspace)
      : values(workspace.take<int32_t>(args.m * int8_words(args.k))),
        scale(workspace.take<float>(args.m)),
        zero(workspace.take<int32_t>(args.m)),
        product_workspace(workspace.take<char>(0)) {}

  QuantizeInt8Args quantization(const LinearInt8Args& args) const {
    return {args.x, values,         scale,       zero,         args.m,
            args.k, args.symmetric, args.method, args.rotation};
  }
  MatmulInt8Args product(const LinearInt8Args& args) const {
    MatmulInt8Args product{};
    product.a = values;
    product.b = args.w;
    product.sa = scale;
    product.sb = args.w_scale;
    product.sb_is_scalar = args.w_scale_is_scalar;
    product.a_zero = args.symmetric ? nullptr : zero;
    product.bias = args.bias;
    product.y = args.y;
    product.m = args.m;
    product.n = args.n;
    product.words = int8_words(args.k);
    product.activation = args.activation;
    return product;
  }
};

}  // namespace

size_t workspace_bytes(const LinearInt8Args& args) {
  Workspace workspace(nullptr);
  const Plan plan(args, workspace);
  MatmulInt8Args product = plan.product(args);
  // Only whether there are zero points counts, and there is no memory for them yet.
  static const int32_t kSomeZero = 0;
  if (!args.symmetric) product.a_zero = &kSomeZero;
  return workspace.bytes() + workspace_bytes(product);
}

const char* linear_int8(const LinearInt8Args& args, void* memory) {
  Workspace workspace(memory);
  const Plan plan(args, workspace);
  if (const char* error = quantize_int8(plan.quantization(args))) return error;
  return matmul_int8(plan.product(args), plan.product_workspace);
}

}  // namespace qutlass::cpu
