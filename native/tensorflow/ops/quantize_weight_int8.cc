#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<QuantizeWeightInt8Args> kKernels = {
    cpu::quantize_weight_int8, QUTLASS_CUDA_KERNEL(cuda::quantize_weight_int8)};

class QuantizeWeightInt8 {
 public:
  static constexpr char kName[] = "QutlassQuantizeWeightInt8";

  explicit QuantizeWeightInt8(const Attributes&) {}

  void compute(const OpContext& context) const {
    const Tensor kernel = context.input(0, "kernel");
    kernel.expect_rank(2);
    const int64_t k = kernel.shape()[0];
    const int64_t n = kernel.shape()[1];
    const Tensor values = context.output(0, "values", kInt32, {n, int8_words(k)});
    const Tensor scale = context.output(1, "scale", kFloat, {n});
    QuantizeWeightInt8Args args = {};
    args.kernel = kernel.data<float>();
    args.values = values.data<int32_t>();
    args.scale = scale.data<float>();
    args.k = k;
    args.n = n;
    context.run(kKernels, args);
  }
};

}  // namespace

OpEntry quantize_weight_int8_op() {
  return make_op<QuantizeWeightInt8>({{"kernel: float"}, {"values: int32", "scale: float"}, {}});
}

}  // namespace qutlass::tensorflow
