#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/int4_weights.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<MatmulInt4Args> kKernels = {cpu::matmul_int4, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::matmul_int4),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

// Of weights as quantizeWeightInt4 makes them, or prepacked.
template <bool kIsPrepacked>
class MatmulInt4Bf16 {
 public:
  static constexpr const char* kName =
      kIsPrepacked ? "QutlassMatmulInt4Bf16Prepacked" : "QutlassMatmulInt4Bf16";

  explicit MatmulInt4Bf16(const Attributes& attributes)
      : weights_(attributes), activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const Int4Operands<kIsPrepacked> operands(context, weights_);
    auto args = operands.template arguments<MatmulInt4Args>();
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape());
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  Int4Weights weights_;
  Activation activation_;
};

OpDefinition definition() {
  return {{"x: float", "w: int32", "scales: float"},
          {"y: float"},
          {Int4Weights::kGroupSizeAttribute, "activation: {'linear', 'relu', 'relu6'} = 'linear'"}};
}

}  // namespace

OpEntry matmul_int4_bf16_op() {
  return make_op<MatmulInt4Bf16<false>>(definition(), Int4Weights::zeros_input(),
                                        Int4Weights::bias_input());
}

OpEntry matmul_int4_bf16_prepacked_op() {
  return make_callable_op<MatmulInt4Bf16<true>>(definition(), Int4Weights::zeros_input(),
                                                Int4Weights::bias_input());
}

}  // namespace qutlass::tensorflow
