#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<RotateArgs> kKernels = {cpu::rotate, QUTLASS_CUDA_KERNEL(cuda::rotate)};

class Rotate {
 public:
  static constexpr char kName[] = "QutlassRotate";

  explicit Rotate(const Attributes&) {}

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    const Tensor matrix = context.input(1, "matrix");
    x.expect_rank_at_least(1);
    const int64_t block_size = expect_rotation_of(x, matrix);
    const Tensor y = context.output(0, "y", kFloat, x.shape());
    context.run(kKernels, RotateArgs{x.data<float>(), matrix.data<float>(), y.data<float>(),
                                     x.rows(), x.columns(), block_size});
  }
};

}  // namespace

OpEntry rotate_op() { return make_op<Rotate>({{"x: float", "matrix: float"}, {"y: float"}, {}}); }

}  // namespace qutlass::tensorflow
