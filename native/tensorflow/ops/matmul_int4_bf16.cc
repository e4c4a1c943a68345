#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr WorkspaceKernels<MatmulInt4Args> kKernels = {cpu::matmul_int4, cpu::workspace_bytes,
                                                       QUTLASS_CUDA_KERNEL(cuda::matmul_int4),
                                                       QUTLASS_CUDA_KERNEL(cuda::workspace_bytes)};

class MatmulInt4Bf16 {
 public:
  static constexpr char kName[] = "QutlassMatmulInt4Bf16";

  explicit MatmulInt4Bf16(const Attributes& attributes)
      : group_size_(attributes.integer("group_size")),
        has_zeros_(attributes.boolean("has_zeros")),
        has_bias_(attributes.boolean("has_bias")),
        activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const Tensor w = context.input(1, "w");
    const Tensor scales = context.input(2, "scales");
    const Tensor zeros = context.input(3, "zeros");
    const Tensor bias = context.input(4, "bias");
    x.expect_rank_at_least(2);
    w.expect_rank(2);
    const int64_t k = x.columns();
    const int64_t n = w.shape()[0];
    expect_group_size(group_size_, k);
    expect_packed(w, int4_words(k), k);
    const Shape groups = {n, group_count(k, group_size_)};
    scales.expect_shape(groups, k_and_group(k, group_size_));

    MatmulInt4Args args = {};
    args.zeros = optional_data<int32_t>(has_zeros_, zeros, groups, "one zero point a scale");
    args.bias = optional_data<float>(has_bias_, bias, {n}, "one value a row of w");
    const Tensor y = context.output(0, "y", kFloat, with_last(x.shape(), n));
    args.x = x.data<float>();
    args.w = w.data<int32_t>();
    args.scales = scales.data<float>();
    args.y = y.data<float>();
    args.m = x.rows();
    args.n = n;
    args.k = k;
    args.group_size = group_size_;
    args.activation = activation_;
    context.run(kKernels, args);
  }

 private:
  int64_t group_size_;
  bool has_zeros_;
  bool has_bias_;
  Activation activation_;
};

}  // namespace

OpEntry matmul_int4_bf16_op() {
  return make_op<MatmulInt4Bf16>(
      {{"x: float", "w: int32", "scales: float", "zeros: int32", "bias: float"},
       {"y: float"},
       {"group_size: int", "has_zeros: bool = false", "has_bias: bool = false",
        "activation: {'linear', 'relu', 'relu6'} = 'linear'"}});
}

}  // namespace qutlass::tensorflow
