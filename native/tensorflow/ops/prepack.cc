// Weights, or what goes with them, in the order in which this processor's kernels multiply them; an
// empty tensor where they are multiplied best as they are. On the CPU only.
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/prepacked_formats.h"

namespace qutlass::tensorflow {
namespace {

template <typename Format>
class Prepack {
 public:
  static constexpr const char* kName = Format::kPrepack;

  explicit Prepack(const Attributes&) {}

  void compute(const OpContext& context) const {
    using Element = typename Format::Element;
    const Tensor w = context.input(0, "w");
    w.expect_rank(2);
    const int64_t n = w.shape()[0], words = w.shape()[1];
    const Tensor prepacked =
        context.output(0, "prepacked", Format::kType, {Format::kSize(n, words)});
    context.run(Format::kPrepackKernels,
                PrepackArgs{reinterpret_cast<const int32_t*>(w.data<Element>()),
                            reinterpret_cast<int32_t*>(prepacked.data<Element>()), n, words});
  }
};

template <typename Format>
OpEntry prepack_op() {
  return make_cpu_op<Prepack<Format>>({{Format::kTensor}, {Format::kPrepacked}, {}});
}

}  // namespace

OpEntry prepack_int8_op() { return prepack_op<PrepackedInt8>(); }
OpEntry prepack_int4_op() { return prepack_op<PrepackedInt4>(); }
OpEntry prepack_int4_scales_op() { return prepack_op<PrepackedInt4Scales>(); }

}  // namespace qutlass::tensorflow
