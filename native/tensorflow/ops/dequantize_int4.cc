#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"
#include "tensorflow/ops/row_range.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<DequantizeInt4Args> kKernels = {cpu::dequantize_int4,
                                                  QUTLASS_CUDA_KERNEL(cuda::dequantize_int4)};

class DequantizeInt4 {
 public:
  static constexpr char kName[] = "QutlassDequantizeInt4";

  explicit DequantizeInt4(const Attributes& attributes)
      : k_(attributes.integer("k")),
        group_size_(attributes.integer("group_size")),
        range_(attributes),
        has_zeros_(attributes.has_optional_input(0)) {}

  void compute(const OpContext& context) const {
    const Tensor values = context.input(0, "values");
    const Tensor scales = context.input(1, "scales");
    const auto zeros = context.optional_input(has_zeros_, 2, "zeros");
    expect_non_negative("k", k_);
    expect_group_size(group_size_, k_);
    expect_packed(values, int4_words(k_), k_);
    const Shape groups = with_last(values.shape(), group_count(k_, group_size_));
    scales.expect_shape(groups, k_and_group(k_, group_size_));
    DequantizeInt4Args args = {};
    args.zeros = optional_data<int32_t>(zeros, groups, "one zero point a scale");
    const Tensor x = context.output(0, "x", kFloat, range_.shape(values, k_));
    const int64_t first_group = range_.first() * groups.back();
    args.values = values.data<int32_t>() + range_.first() * int4_words(k_);
    args.scales = scales.data<float>() + first_group;
    if (args.zeros) args.zeros += first_group;
    args.x = x.data<float>();
    args.rows = x.rows();
    args.k = k_;
    args.group_size = group_size_;
    context.run(kKernels, args);
  }

 private:
  int64_t k_;
  int64_t group_size_;
  RowRange range_;
  bool has_zeros_;
};

}  // namespace

OpEntry dequantize_int4_op() {
  return make_op<DequantizeInt4>(
      {{"values: int32", "scales: float"},
       {"x: float"},
       {"k: int", "group_size: int", RowRange::kFirstAttribute, RowRange::kCountAttribute}},
      OptionalInput{"Zeros", "zeros: int32"});
}

}  // namespace qutlass::tensorflow
