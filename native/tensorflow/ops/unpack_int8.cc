#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packing.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<UnpackArgs> kKernels = {cpu::unpack_int8, QUTLASS_CUDA_KERNEL(cuda::unpack_int8)};

class UnpackInt8 {
 public:
  static constexpr char kName[] = "QutlassUnpackInt8";

  explicit UnpackInt8(const Attributes& attributes) : k_(attributes.integer("k")) {}

  void compute(const OpContext& context) const {
    compute_unpack(context, int8_words, k_, false, kKernels);
  }

 private:
  int64_t k_;
};

}  // namespace

OpEntry unpack_int8_op() {
  return make_op<UnpackInt8>({{"packed: int32"}, {"integers: int32"}, {"k: int"}});
}

}  // namespace qutlass::tensorflow
