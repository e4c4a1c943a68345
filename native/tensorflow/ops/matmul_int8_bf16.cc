#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

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
    const Tensor a = context.input(0, "a");
    const Tensor b = context.input(1, "b");
    const Tensor sa = context.input(2, "sa");
    const Tensor sb = context.input(3, "sb");
    const auto a_zero = context.optional_input(has_a_zero_, 4, "aZero");
    const auto bias = context.optional_input(has_bias_, has_a_zero_ ? 5 : 4, "bias");
    a.expect_rank_at_least(2);
    b.expect_rank(2);
    const Shape rows = without_last(a.shape());
    const int64_t n = b.shape()[0];
    const int64_t most = has_a_zero_ ? kMaxKInt8ZeroPoint : kMaxKInt8;
    expect_words(a.columns(), b.columns(), int8_words(most), most);

    MatmulInt8Args args = {};
    args.a = a.data<int32_t>();
    args.b = b.data<int32_t>();
    args.sa = sa.data<float>();
    args.sb = sb.data<float>();
    args.sa_is_scalar = is_one_for_all(sa, rows, "a row of a");
    args.sb_is_scalar = is_one_for_all(sb, {n}, "a row of b");
    args.a_zero = optional_data<int32_t>(a_zero, rows, "one zero point a row of a");
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
