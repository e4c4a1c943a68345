#include "cpu/kernels.h"
#include "tensorflow/ops/all_ops.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {
namespace {

constexpr Kernels<HadamardArgs> kKernels = {cpu::hadamard, QUTLASS_CUDA_KERNEL(cuda::hadamard)};

class Hadamard {
 public:
  static constexpr char kName[] = "QutlassHadamard";

  explicit Hadamard(const Attributes& attributes) : block_size_(attributes.integer("block_size")) {
    expect_hadamard_size("block_size", block_size_);
  }

  void compute(const OpContext& context) const {
    const Tensor x = context.input(0, "x");
    x.expect_rank_at_least(1);
    expect_whole_blocks(x, block_size_);
    const Tensor y = context.output(0, "y", kFloat, x.shape());
    context.run(kKernels,
                HadamardArgs{x.data<float>(), y.data<float>(), x.rows(), x.columns(), block_size_});
  }

 private:
  int64_t block_size_;
};

}  // namespace

OpEntry hadamard_op() {
  return make_op<Hadamard>({{"x: float"}, {"y: float"}, {"block_size: int"}});
}

}  // namespace qutlass::tensorflow
