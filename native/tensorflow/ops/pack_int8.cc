#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packing.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<PackArgs> kKernels = {cpu::pack_int8, QUTLASS_CUDA_KERNEL(cuda::pack_int8)};

class PackInt8 {
 public:
  static constexpr char kName[] = "QutlassPackInt8";

  explicit PackInt8(const Attributes&) {}

  void compute(const OpContext& context) const {
    compute_pack(context, int8_words, false, kKernels);
  }
};

}  // namespace

OpEntry pack_int8_op() {
  return make_op<PackInt8>({{"x: T"}, {"packed: int32"}, {"T: {float, int32}"}});
}

}  // namespace qutlass::tensorflow
