#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"
#include "tensorflow/ops/row_range.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<DequantizeInt8Args> kKernels = {cpu::dequantize_int8,
                                                  QUTLASS_CUDA_KERNEL(cuda::dequantize_int8)};

class DequantizeInt8 {
 public:
  static constexpr char kName[] = "QutlassDequantizeInt8";

  explicit DequantizeInt8(const Attributes& attributes)
      : k_(attributes.integer("k")),
        range_(attributes),
        has_zero_(attributes.has_optional_input(0)) {}

  void compute(const OpContext& context) const {
    const Tensor values = context.input(0, "values");
    const Tensor scale = context.input(1, "scale");
    const auto zero = context.optional_input(has_zero_, 2, "zero");
    expect_non_negative("k", k_);
    expect_packed(values, int8_words(k_), k_);
    const Shape rows = without_last(values.shape());
    scale.expect_shape(rows, "one scale a row of values");
    DequantizeInt8Args args = {};
    args.zero = optional_data<int32_t>(zero, rows, "one zero point a row of values");
    const Tensor x = context.output(0, "x", kFloat, range_.shape(values, k_));
    args.values = values.data<int32_t>() + range_.first() * int8_words(k_);
    args.scale = scale.data<float>() + range_.first();
    if (args.zero) args.zero += range_.first();
    args.x = x.data<float>();
    args.rows = x.rows();
    args.k = k_;
    context.run(kKernels, args);
  }

 private:
  int64_t k_;
  RowRange range_;
  bool has_zero_;
};

}  // namespace

OpEntry dequantize_int8_op() {
  return make_op<DequantizeInt8>({{"values: int32", "scale: float"},
                                  {"x: float"},
                                  {"k: int", RowRange::kFirstAttribute, RowRange::kCountAttribute}},
                                 OptionalInput{"Zero", "zero: int32"});
}

}  // namespace qutlass::tensorflow
