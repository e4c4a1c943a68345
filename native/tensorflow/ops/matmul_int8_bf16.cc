#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packed_operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<MatmulInt8Args> kKernels = {cpu::matmul_int8, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::matmul_int8),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

class MatmulInt8Bf16 {
 public:
  static constexpr char kName[] = "QutlassMatmulInt8Bf16";

  explicit MatmulInt8Bf16(const Attributes& attributes)
      : has_a_zero_(attributes.has_optional_input(0)),
        has_bias_(attributes.has_optional_input(1)),
        activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const PackedOperands operands(context, has_bias_, has_a_zero_ ? 5 : 4);
    const auto a_zero = context.optional_input(has_a_zero_, 4, "aZero");
    operands.expect_words(int8_words, has_a_zero_ ? kMaxKInt8ZeroPoint : kMaxKInt8);
    auto args = operands.arguments<MatmulInt8Args>();
    args.a_zero = optional_data<int32_t>(a_zero, operands.rows(), "one zero point a row of a");
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape());
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  bool has_a_zero_;
  bool has_bias_;
  Activation activation_;
};

}  // namespace

OpEntry matmul_int8_bf16_op() {
  return make_op<MatmulInt8Bf16>({{"a: int32", "b: int32", "sa: float", "sb: float"},
                                  {"y: float"},
                                  {"activation: {'linear', 'relu', 'relu6'} = 'linear'"}},
                                 OptionalInput{"AZero", "a_zero: int32"},
                                 OptionalInput{"Bias", "bias: float"});
}

}  // namespace qutlass::tensorflow
