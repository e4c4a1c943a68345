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
        has_zeros_(attributes.has_optional_input(0)),
        has_bias_(attributes.has_optional_input(1)),
        activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const Tensor w = context.input(1, "w");
    const Tensor scales = context.input(2, "scales");
    const auto zeros = context.optional_input(has_zeros_, 3, "zeros");
    const auto bias = context.optional_input(has_bias_, has_zeros_ ? 4 : 3, "bias");
    x.expect_rank_at_least(2);
    w.expect_rank(2);
    const int64_t k = x.columns();
    const int64_t n = w.shape()[0];
    const int64_t group_size = group_size_of(k, scales);
    expect_group_size(group_size, k);
    expect_packed(w, int4_words(k), k);
    const Shape groups = {n, group_count(k, group_size)};
    scales.expect_shape(groups, k_and_group(k, group_size));

    MatmulInt4Args args = {};
    args.zeros = optional_data<int32_t>(zeros, groups, "one zero point a scale");
    args.bias = optional_data<float>(bias, {n}, "one value a row of w");
    const Tensor y = context.output(0, "y", kFloat, with_last(x.shape(), n));
    args.x = x.data<float>();
    args.w = w.data<int32_t>();
    args.scales = scales.data<float>();
    args.y = y.data<float>();
    args.m = x.rows();
    args.n = n;
    args.k = k;
    args.group_size = group_size;
    args.activation = activation_;
    context.run(kKernels, args);
  }

 private:
  // As the attribute says; without it the groups are even.
  int64_t group_size_of(int64_t k, const Tensor& scales) const {
    if (group_size_ != kEvenGroups) return group_size_;
    scales.expect_rank(2);
    return scales.columns() > 0 ? k / scales.columns() : 0;
  }

  static constexpr int64_t kEvenGroups = -1;

  int64_t group_size_;
  bool has_zeros_;
  bool has_bias_;
  Activation activation_;
};

}  // namespace

OpEntry matmul_int4_bf16_op() {
  return make_op<MatmulInt4Bf16>(
      {{"x: float", "w: int32", "scales: float"},
       {"y: float"},
       {"group_size: int = -1", "activation: {'linear', 'relu', 'relu6'} = 'linear'"}},
      OptionalInput{"Zeros", "zeros: int32"}, OptionalInput{"Bias", "bias: float"});
}

}  // namespace qutlass::tensorflow
