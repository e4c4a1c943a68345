#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/row_quantizer.h"

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
    const Tensor x = context.input(0, "x");
    const Tensor w = context.input(1, "w");
    const Tensor w_scale = context.input(2, "wScale");
    const auto bias = context.optional_input(has_bias_, 3, "bias");
    const auto matrix = quantizer_.matrix(context, has_bias_ ? 4 : 3);
    x.expect_rank_at_least(2);
    w.expect_rank(2);
    const int64_t k = x.columns();
    const int64_t n = w.shape()[0];
    expect_summable(k, symmetric_ ? kMaxKInt8 : kMaxKInt8ZeroPoint);
    expect_packed(w, int8_words(k), k);

    LinearInt8Args args = {};
    args.rotation = quantizer_.rotation(x, matrix);
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
    args.method = quantizer_.method();
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
