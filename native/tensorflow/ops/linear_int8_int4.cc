#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/int4_weights.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<LinearInt8Int4Args> kKernels = {
    cpu::linear_int8_int4, cpu::workspace_bytes, QUTLASS_CUDA_KERNEL(cuda::linear_int8_int4),
    QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

// Of weights as quantizeWeightInt4 makes them, or prepacked.
template <bool kIsPrepacked>
class LinearInt8Int4 {
 public:
  static constexpr const char* kName =
      kIsPrepacked ? "QutlassLinearInt8Int4Prepacked" : "QutlassLinearInt8Int4";

  explicit LinearInt8Int4(const Attributes& attributes)
      : weights_(attributes), quantizer_(attributes, false), activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const Int4Operands<kIsPrepacked> operands(context, weights_);
    expect_summable_group(operands.group_size());
    auto args = operands.template arguments<LinearInt8Int4Args>();
    args.activation = activation_;
    args.method = quantizer_.method();
    args.rotation = quantizer_.rotation(operands.x(), std::nullopt);
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape());
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  // Sums of a group are exact in int32.
  static void expect_summable_group(int64_t group_size) {
    if (group_size <= kMaxGroupInt8Int4) return;
    throw OpError("group_size is " + std::to_string(group_size) + ", expected at most " +
                  std::to_string(kMaxGroupInt8Int4) + ": the most that sums exactly in int32");
  }

  Int4Weights weights_;
  RowQuantizer quantizer_;
  Activation activation_;
};

OpDefinition definition() {
  return {{"x: float", "w: int32", "scales: float"},
          {"y: float"},
          {Int4Weights::kGroupSizeAttribute, "activation: {'linear', 'relu', 'relu6'} = 'linear'",
           RowQuantizer::kQuestAttribute, RowQuantizer::kHadamardAttribute}};
}

}  // namespace

OpEntry linear_int8_int4_op() {
  return make_op<LinearInt8Int4<false>>(definition(), Int4Weights::zeros_input(),
                                        Int4Weights::bias_input());
}

OpEntry linear_int8_int4_prepacked_op() {
  return make_callable_op<LinearInt8Int4<true>>(definition(), Int4Weights::zeros_input(),
                                                Int4Weights::bias_input());
}

}  // namespace qutlass::tensorflow
