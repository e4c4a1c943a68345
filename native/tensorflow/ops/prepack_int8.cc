// Weights in the order in which this processor's kernels multiply them; an empty tensor where they
// are multiplied best as they are. On the CPU only.
#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<PrepackInt8Args> kKernels = {cpu::prepack_int8, nullptr};

class PrepackInt8 {
 public:
  static constexpr char kName[] = "QutlassPrepackInt8";

  explicit PrepackInt8(const Attributes&) {}

  void compute(const OpContext& context) const {
    const Tensor w = context.input(0, "w");
    w.expect_rank(2);
    const int64_t n = w.shape()[0], words = w.shape()[1];
    const Tensor prepacked =
        context.output(0, "prepacked", kInt32, {cpu::prepacked_int8_size(n, words)});
    context.run(kKernels, PrepackInt8Args{w.data<int32_t>(), prepacked.data<int32_t>(), n, words});
  }
};

}  // namespace

OpEntry prepack_int8_op() {
  return make_cpu_op<PrepackInt8>({{"w: int32"}, {"prepacked: int32"}, {}});
}

}  // namespace qutlass::tensorflow
