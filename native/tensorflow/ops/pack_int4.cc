#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/packing.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<PackArgs> kKernels = {cpu::pack_int4, QUTLASS_CUDA_KERNEL(cuda::pack_int4)};

class PackInt4 {
 public:
  static constexpr char kName[] = "QutlassPackInt4";

  explicit PackInt4(const Attributes& attributes) : is_signed_(attributes.boolean("signed")) {}

  void compute(const OpContext& context) const {
    compute_pack(context, int4_words, is_signed_, kKernels);
  }

 private:
  bool is_signed_;
};

}  // namespace

OpEntry pack_int4_op() {
  return make_op<PackInt4>(
      {{"x: T"}, {"packed: int32"}, {"T: {float, int32}", "signed: bool = false"}});
}

}  // namespace qutlass::tensorflow
