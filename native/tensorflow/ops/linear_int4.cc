#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/linear_operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<LinearInt4Args> kKernels = {cpu::linear_int4, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::linear_int4),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

class LinearInt4 {
 public:
  static constexpr char kName[] = "QutlassLinearInt4";

  explicit LinearInt4(const Attributes& attributes)
      : has_bias_(attributes.has_optional_input(0)),
        quantizer_(attributes, attributes.has_optional_input(1)),
        activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const LinearOperands operands(context, has_bias_, quantizer_);
    const int64_t n = operands.expect_words(int4_words, kMaxKInt4Int4);
    auto args = operands.arguments<LinearInt4Args>(n);
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape(n));
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  bool has_bias_;
  RowQuantizer quantizer_;
  Activation activation_;
};

}  // namespace

OpEntry linear_int4_op() {
  return make_op<LinearInt4>({{"x: float", "w: int32", "w_scale: float"},
                              {"y: float"},
                              {"activation: {'linear', 'relu', 'relu6'} = 'linear'",
                               RowQuantizer::kQuestAttribute, RowQuantizer::kHadamardAttribute}},
                             OptionalInput{"Bias", "bias: float"}, RowQuantizer::matrix_input());
}

}  // namespace qutlass::tensorflow
