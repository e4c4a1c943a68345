#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<QuantizeInt8Args> kKernels = {cpu::quantize_int8,
                                                QUTLASS_CUDA_KERNEL(cuda::quantize_int8)};

class QuantizeInt8 {
 public:
  static constexpr char kName[] = "QutlassQuantizeInt8";

  explicit QuantizeInt8(const Attributes& attributes)
      : quantizer_(attributes, attributes.has_optional_input(0)),
        symmetric_(!attributes.boolean("asymmetric")) {
    expect_method_of(symmetric_, quantizer_.method());
  }

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const auto matrix = quantizer_.matrix(context, 1);
    x.expect_rank_at_least(1);
    QuantizeInt8Args args = {};
    args.rotation = quantizer_.rotation(x, matrix);
    const Shape rows = without_last(x.shape());
    const Tensor values =
        context.output(0, "values", kInt32, with_last(x.shape(), int8_words(x.columns())));
    const Tensor scale = context.output(1, "scale", kFloat, rows);
    const Tensor zero = context.output(2, "zero", kInt32, rows);
    args.x = x.data<float>();
    args.values = values.data<int32_t>();
    args.scale = scale.data<float>();
    args.zero = zero.data<int32_t>();
    args.rows = x.rows();
    args.k = x.columns();
    args.symmetric = symmetric_;
    args.method = quantizer_.method();
    context.run(kKernels, args);
  }

 private:
  RowQuantizer quantizer_;
  bool symmetric_;
};

}  // namespace

OpEntry quantize_int8_op() {
  return make_op<QuantizeInt8>({{"x: float"},
                                {"values: int32", "scale: float", "zero: int32"},
                                {"asymmetric: bool = false", RowQuantizer::kQuestAttribute,
                                 RowQuantizer::kHadamardAttribute}},
                               RowQuantizer::matrix_input());
}

}  // namespace qutlass::tensorflow
