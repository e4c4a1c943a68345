// The weights that prepackInt8 took. On the CPU only.
#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/prepacked_int8.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<UnprepackInt8Args> kKernels = {cpu::unprepack_int8, nullptr};

class UnprepackInt8 {
 public:
  static constexpr char kName[] = "QutlassUnprepackInt8";

  explicit UnprepackInt8(const Attributes&) {}

  void compute(const OpContext& context) const {
    const Tensor prepacked = context.input(0, "prepacked");
    const auto [n, words] = prepacked_shape(prepacked);
    const Tensor w = context.output(0, "w", kInt32, {n, words});
    context.run(kKernels,
                UnprepackInt8Args{prepacked.data<int32_t>(), w.data<int32_t>(), n, words});
  }
};

}  // namespace

OpEntry unprepack_int8_op() {
  return make_cpu_op<UnprepackInt8>({{"prepacked: int32"}, {"w: int32"}, {}});
}

}  // namespace qutlass::tensorflow
