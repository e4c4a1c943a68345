// hadamard and rotate.
#include "cpu/rotation.h"

#include <algorithm>
#include <cmath>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kValuesPerTask = 16 * 1024;

const char* rotate_all(const Rotation& rotation, const float* x, int64_t count, float* y) {
  if (const char* error = configuration_error()) return error;
  if (count == 0) return nullptr;
  const Isa& isa = *configuration().isa;
  const int64_t range = std::max(kValuesPerTask / rotation.block_size, int64_t{1});
  const int64_t work = count * work_of_rotation(rotation);
  parallel_ranges(count / rotation.block_size, range, work, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * rotation.block_size;
    rotate_blocks(isa, rotation, x + first, end * rotation.block_size - first, y + first);
  });
  return nullptr;
}

}  // namespace

void rotate_blocks(const Isa& isa, const Rotation& rotation, const float* x, int64_t count,
                   float* y) {
  if (rotation.matrix) return isa.rotate(x, count, rotation.matrix, rotation.block_size, y);
  const double factor = 1.0 / std::sqrt(static_cast<double>(rotation.block_size));
  isa.hadamard(x, count, rotation.block_size, static_cast<float>(factor), y);
}

int64_t work_of_rotation(const Rotation& rotation) {
  constexpr int64_t kWorkOfHadamard = 8, kProductsPerWork = 4;
  if (rotation.block_size == 0) return 0;
  return rotation.matrix ? divide_up(rotation.block_size, kProductsPerWork) : kWorkOfHadamard;
}

const char* hadamard(const HadamardArgs& args) {
  return rotate_all({args.block_size, nullptr}, args.x, args.rows * args.k, args.y);
}

const char* rotate(const RotateArgs& args) {
  return rotate_all({args.block_size, args.matrix}, args.x, args.rows * args.k, args.y);
}

}  // namespace qutlass::cpu
