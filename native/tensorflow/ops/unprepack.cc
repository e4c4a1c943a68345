// What the prepacking ops took. On the CPU only.
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/prepacked_formats.h"

namespace qutlass::tensorflow {
namespace {

template <typename Format>
class Unprepack {
 public:
  static constexpr const char* kName = Format::kUnprepack;

  explicit Unprepack(const Attributes&) {}

  void compute(const OpContext& context) const {
    using Element = typename Format::Element;
    const Tensor prepacked = context.input(0, "prepacked");
    const auto [n, words] = prepacked_shape<Format>(prepacked);
    const Tensor w = context.output(0, "w", Format::kType, {n, words});
    context.run(Format::kUnprepackKernels,
                UnprepackArgs{reinterpret_cast<const int32_t*>(prepacked.data<Element>()),
                              reinterpret_cast<int32_t*>(w.data<Element>()), n, words});
  }
};

template <typename Format>
OpEntry unprepack_op() {
  return make_cpu_op<Unprepack<Format>>({{Format::kPrepacked}, {Format::kTensor}, {}});
}

}  // namespace

OpEntry unprepack_int8_op() { return unprepack_op<PrepackedInt8>(); }
OpEntry unprepack_int4_op() { return unprepack_op<PrepackedInt4>(); }
OpEntry unprepack_int4_scales_op() { return unprepack_op<PrepackedInt4Scales>(); }

}  // namespace qutlass::tensorflow
