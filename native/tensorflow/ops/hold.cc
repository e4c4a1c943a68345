// Holds a tensor for addon/prepared_product.h, which takes it by the token that this returns. On
// the CPU only.
#include "tensorflow/held_tensors.h"
#include "tensorflow/ops/all_ops.h"

namespace qutlass::tensorflow {
namespace {

class Hold {
 public:
  static constexpr char kName[] = "QutlassHold";

  explicit Hold(const Attributes&) {}

  void compute(const OpContext& context) const {
    const Tensor token = context.output(0, "token", kInt32, {});
    *token.data<int32_t>() = hold(context.input(0, "x"));
  }
};

}  // namespace

OpEntry hold_op() { return make_cpu_op<Hold>({{"x: T"}, {"token: int32"}, {"T: {int32, float}"}}); }

}  // namespace qutlass::tensorflow
