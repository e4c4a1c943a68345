#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packing.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<UnpackArgs> kKernels = {cpu::unpack_int4, QUTLASS_CUDA_KERNEL(cuda::unpack_int4)};

class UnpackInt4 {
 public:
  static constexpr char kName[] = "QutlassUnpackInt4";

  explicit UnpackInt4(const Attributes& attributes)
      : k_(attributes.integer("k")), is_signed_(attributes.boolean("signed")) {}

  void compute(const OpContext& context) const {
    compute_unpack(context, int4_words, k_, is_signed_, kKernels);
  }

 private:
  int64_t k_;
  bool is_signed_;
};

}  // namespace

OpEntry unpack_int4_op() {
  return make_op<UnpackInt4>(
      {{"packed: int32"}, {"integers: int32"}, {"k: int", "signed: bool = false"}});
}

}  // namespace qutlass::tensorflow
