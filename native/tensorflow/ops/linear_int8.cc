#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/linear_operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<LinearInt8Args> kKernels = {cpu::linear_int8, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::linear_int8),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

class LinearInt8 {
 public:
  static constexpr char kName[] = "QutlassLinearInt8";

  explicit LinearInt8(const Attributes& attributes)
      : has_bias_(attributes.has_optional_input(0)),
        quantizer_(attributes, attributes.has_optional_input(1)),
        symmetric_(!attributes.boolean("asymmetric")),
        activation_(attributes.activation()) {
    expect_method_of(symmetric_, quantizer_.method());
  }

  void compute(const OpContext& context) const {
    const LinearOperands operands(context, has_bias_, quantizer_);
    operands.expect_words(int8_words, symmetric_ ? kMaxKInt8 : kMaxKInt8ZeroPoint);
    auto args = operands.arguments<LinearInt8Args>();
    args.symmetric = symmetric_;
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape());
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  bool has_bias_;
  RowQuantizer quantizer_;
  bool symmetric_;
  Activation activation_;
};

}  // namespace

OpEntry linear_int8_op() {
  return make_op<LinearInt8>(
      {{"x: float", "w: int32", "w_scale: float"},
       {"y: float"},
       {"asymmetric: bool = false", "activation: {'linear', 'relu', 'relu6'} = 'linear'",
        RowQuantizer::kQuestAttribute, RowQuantizer::kHadamardAttribute}},
      OptionalInput{"Bias", "bias: float"}, RowQuantizer::matrix_input());
}

}  // namespace qutlass::tensorflow
