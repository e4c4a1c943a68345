#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

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
    const Tensor a = context.input(0, "a");
    const Tensor b = context.input(1, "b");
    const Tensor sa = context.input(2, "sa");
    const Tensor sb = context.input(3, "sb");
    const auto bias = context.optional_input(has_bias_, 4, "bias");
    a.expect_rank_at_least(2);
    b.expect_rank(2);
    const int64_t n = b.shape()[0];
    expect_words(a.columns(), b.columns(), int4_words(kMaxKInt4Int4), kMaxKInt4Int4);

    MatmulInt4Int4Args args = {};
    args.a = a.data<int32_t>();
    args.b = b.data<int32_t>();
    args.sa = sa.data<float>();
    args.sb = sb.data<float>();
    args.sa_is_scalar = is_one_for_all(sa, without_last(a.shape()), "a row of a");
    args.sb_is_scalar = is_one_for_all(sb, {n}, "a row of b");
    args.bias = optional_data<float>(bias, {n}, "one value a row of b");
    const Tensor y = context.output(0, "y", kFloat, with_last(a.shape(), n));
    args.y = y.data<float>();
    args.m = a.rows();
    args.n = n;
    args.words = a.columns();
    args.activation = activation_;
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
