#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<QuantizeInt4Args> kKernels = {cpu::quantize_int4,
                                                QUTLASS_CUDA_KERNEL(cuda::quantize_int4)};

class QuantizeInt4 {
 public:
  static constexpr char kName[] = "QutlassQuantizeInt4";

  explicit QuantizeInt4(const Attributes& attributes)
      : quantizer_(attributes, attributes.has_optional_input(0)) {}

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const auto matrix = quantizer_.matrix(context, 1);
    x.expect_rank_at_least(1);
    QuantizeInt4Args args = {};
    args.rotation = quantizer_.rotation(x, matrix);
    const Tensor values =
        context.output(0, "values", kInt32, with_last(x.shape(), int4_words(x.columns())));
    const Tensor scale = context.output(1, "scale", kFloat, without_last(x.shape()));
    args.x = x.data<float>();
    args.values = values.data<int32_t>();
    args.scale = scale.data<float>();
    args.rows = x.rows();
    args.k = x.columns();
    args.method = quantizer_.method();
    context.run(kKernels, args);
  }

 private:
  RowQuantizer quantizer_;
};

}  // namespace

OpEntry quantize_int4_op() {
  return make_op<QuantizeInt4>({{"x: float"},
                                {"values: int32", "scale: float"},
                                {RowQuantizer::kQuestAttribute, RowQuantizer::kHadamardAttribute}},
                               RowQuantizer::matrix_input());
}

}  // namespace qutlass::tensorflow
