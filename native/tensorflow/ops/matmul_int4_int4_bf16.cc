#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packed_operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<MatmulInt4Int4Args> kKernels = {
    cpu::matmul_int4_int4, cpu::workspace_bytes, QUTLASS_CUDA_KERNEL(cuda::matmul_int4_int4),
    QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

class MatmulInt4Int4Bf16 {
 public:
  static constexpr char kName[] = "QutlassMatmulInt4Int4Bf16";

  explicit MatmulInt4Int4Bf16(const Attributes& attributes)
      : has_bias_(attributes.has_optional_input(0)), activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const PackedOperands operands(context, has_bias_, 4);
    operands.expect_words(int4_words, kMaxKInt4Int4);
    auto args = operands.arguments<MatmulInt4Int4Args>();
    args.activation = activation_;
    const Tensor y = context.output(0, "y", kFloat, operands.product_shape());
    args.y = y.data<float>();
    context.run(kKernels, args);
  }

 private:
  bool has_bias_;
  Activation activation_;
};

}  // namespace

OpEntry matmul_int4_int4_bf16_op() {
  return make_op<MatmulInt4Int4Bf16>({{"a: int32", "b: int32", "sa: float", "sb: float"},
                                      {"y: float"},
                                      {"activation: {'linear', 'relu', 'relu6'} = 'linear'"}},
                                     OptionalInput{"Bias", "bias: float"});
}

}  // namespace qutlass::tensorflow
