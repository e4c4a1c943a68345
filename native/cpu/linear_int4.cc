// quantize_int4, then matmul_int4_int4, so that the bits are those of the two ops.
#include "cpu/kernels.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

// The quantized activations, and what the product needs after them.
struct Plan {
  int32_t* values;
  float* scale;
  void* product_workspace;

  Plan(const LinearInt4Args& args, Workspace& workspace)
      : values(workspace.take<int32_t>(args.m * int4_words(args.k))),
        scale(workspace.take<float>(args.m)),
        product_workspace(workspace.take<char>(0)) {}

  QuantizeInt4Args quantization(const LinearInt4Args& args) const {
    return {args.x, values, scale, args.m, args.k, args.method, args.rotation};
  }
  MatmulInt4Int4Args product(const LinearInt4Args& args) const {
    MatmulInt4Int4Args product{};
    product.a = values;
    product.b = args.w;
    product.sa = scale;
    product.sb = args.w_scale;
    product.sb_is_scalar = args.w_scale_is_scalar;
    product.bias = args.bias;
    product.y = args.y;
    product.m = args.m;
    product.n = args.n;
    product.words = int4_words(args.k);
    product.activation = args.activation;
    return product;
  }
};

}  // namespace

size_t workspace_bytes(const LinearInt4Args& args) {
  Workspace workspace(nullptr);
  const Plan plan(args, workspace);
  return workspace.bytes() + workspace_bytes(plan.product(args));
}

const char* linear_int4(const LinearInt4Args& args, void* memory) {
  Workspace workspace(memory);
  const Plan plan(args, workspace);
  if (const char* error = quantize_int4(plan.quantization(args))) return error;
  return matmul_int4_int4(plan.product(args), plan.product_workspace);
}

}  // namespace qutlass::cpu
