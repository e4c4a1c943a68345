#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

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
        symmetric_(!attributes.boolean("asymmetric")),
        activation_(attributes.activation()) {}

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const Tensor w = context.input(1, "w");
    const Tensor w_scale = context.input(2, "wScale");
    const auto bias = context.optional_input(has_bias_, 3, "bias");
    x.expect_rank_at_least(2);
    w.expect_rank(2);
    const int64_t k = x.columns();
    const int64_t n = w.shape()[0];
    expect_k(k);
    expect_packed(w, int8_words(k), k);

    LinearInt8Args args = {};
    args.w_scale_is_scalar = is_one_for_all(w_scale, {n}, "a row of w");
    args.bias = optional_data<float>(bias, {n}, "one value a row of w");
    const Tensor y = context.output(0, "y", kFloat, with_last(x.shape(), n));
    args.x = x.data<float>();
    args.w = w.data<int32_t>();
    args.w_scale = w_scale.data<float>();
    args.y = y.data<float>();
    args.m = x.rows();
    args.n = n;
    args.k = k;
    args.symmetric = symmetric_;
    args.activation = activation_;
    context.run(kKernels, args);
  }

 private:
  void expect_k(int64_t k) const {
    const int64_t most = symmetric_ ? kMaxKInt8 : kMaxKInt8ZeroPoint;
    if (k > most) {
      throw OpError(k_is(k) + ", expected at most " + std::to_string(most) +
                    ": the most that sums exactly in int32");
    }
  }

  bool has_bias_;
  bool symmetric_;
  Activation activation_;
};

}  // namespace

OpEntry linear_int8_op() {
  return make_op<LinearInt8>(
      {{"x: float", "w: int32", "w_scale: float"},
       {"y: float"},
       {"asymmetric: bool = false", "activation: {'linear', 'relu', 'relu6'} = 'linear'"}},
      OptionalInput{"Bias", "bias: float"});
}

}  // namespace qutlass::tensorflow
