#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<QuantizeWeightInt4Args> kKernels = {
    cpu::quantize_weight_int4, QUTLASS_CUDA_KERNEL(cuda::quantize_weight_int4)};

class QuantizeWeightInt4 {
 public:
  static constexpr char kName[] = "QutlassQuantizeWeightInt4";

  explicit QuantizeWeightInt4(const Attributes& attributes)
      : group_size_(attributes.integer("group_size")),
        symmetric_(attributes.boolean("symmetric")) {}

  void compute(const OpContext& context) const {
    const Tensor kernel = context.input(0, "kernel");
    kernel.expect_rank(2);
    const int64_t k = kernel.shape()[0];
    const int64_t n = kernel.shape()[1];
    expect_group_size(group_size_, k);
    const Shape groups = {n, group_count(k, group_size_)};
    const Tensor values = context.output(0, "values", kInt32, {n, int4_words(k)});
    const Tensor scales = context.output(1, "scales", kFloat, groups);
    const Tensor zeros = context.output(2, "zeros", kInt32, groups);
    QuantizeWeightInt4Args args = {};
    args.kernel = kernel.data<float>();
    args.values = values.data<int32_t>();
    args.scales = scales.data<float>();
    args.zeros = zeros.data<int32_t>();
    args.k = k;
    args.n = n;
    args.group_size = group_size_;
    args.symmetric = symmetric_;
    context.run(kKernels, args);
  }

 private:
  int64_t group_size_;
  bool symmetric_;
};

}  // namespace

OpEntry quantize_weight_int4_op() {
  return make_op<QuantizeWeightInt4>({{"kernel: float"},
                                      {"values: int32", "scales: float", "zeros: int32"},
                                      {"group_size: int", "symmetric: bool = false"}});
}

}  // namespace qutlass::tensorflow
