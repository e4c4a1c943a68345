#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/linear_operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<LinearInt8Args> kKernels = {cpu::linear_int8, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::linear_int8),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

// Of weights as quantizeWeightInt8 makes them, or prepacked.
template <bool kIsPrepacked>
class LinearInt8 {
 public:
  static constexpr const char* kName =
      kIsPrepacked ? "QutlassLinearInt8Prepacked" : "QutlassLinearInt8";

  explicit LinearInt8(const Attributes& attributes)
      : has_bias_(attributes.has_optional_input(0)),
        quantizer_(attributes, attributes.has_optional_input(1)),
        symmetric_(!attributes.boolean("asymmetric")),
        activation_(attributes.activation()) {
    expect_method_of(symmetric_, quantizer_.method());
  }

  void compute(const OpContext& context) const {
    const LinearOperands operands(context, has_bias_, quantizer_);
    const int64_t most_k = symmetric_ ? kMaxKInt8 : kMaxKInt8ZeroPoint;
    const int64_t n = kIsPrepacked ? operands.expect_prepacked_int8(most_k)
                                   : operands.expect_words(int8_words, most_k);
    auto args = operands.arguments<LinearInt8Args>(n);
    args.symmetric = symmetric_;
    args.w_is_prepacked = kIsPrepacked;
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape(n));
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  bool has_bias_;
  RowQuantizer quantizer_;
  bool symmetric_;
  Activation activation_;
};

OpDefinition definition() {
  return {{"x: float", "w: int32", "w_scale: float"},
          {"y: float"},
          {"asymmetric: bool = false", "activation: {'linear', 'relu', 'relu6'} = 'linear'",
           RowQuantizer::kQuestAttribute, RowQuantizer::kHadamardAttribute}};
}

constexpr OptionalInput kBias = {"Bias", "bias: float"};

}  // namespace

OpEntry linear_int8_op() {
  return make_op<LinearInt8<false>>(definition(), kBias, RowQuantizer::matrix_input());
}

OpEntry linear_int8_prepacked_op() {
  return make_callable_op<LinearInt8<true>>(definition(), kBias, RowQuantizer::matrix_input());
}

}  // namespace qutlass::tensorflow
