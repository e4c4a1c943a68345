// hadamard and rotate: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

// `shift` as DeviceBuffer has it, of x and of y.
void check_hadamard(Random& random, int64_t rows, int64_t k, int64_t size, double special,
                    int64_t shift) {
  context() = format("hadamard: %d rows of %d, blocks of %d, shift %d", static_cast<int>(rows),
                     static_cast<int>(k), static_cast<int>(size), static_cast<int>(shift));
  const std::vector<float> x = mixed_floats(random, rows * k, special);
  std::vector<float> want(rows * k);
  reference::hadamard({x.data(), want.data(), rows, k, size});
  DeviceBuffer<float> d_x(x, shift), y(rows * k, shift);
  run_op([&] { return cuda::hadamard({d_x.data(), y.data(), rows, k, size}, nullptr); });
  check_same(y.read("y").data(), want.data(), rows * k, "y");
}

TEST_ON_GPU(hadamard) {
  Random random(31);
  for (int64_t size : kHadamardSizes) {
    for (int64_t blocks = 0; blocks <= 9; ++blocks) {
      check_hadamard(random, random.integer(0, 5), blocks * size, size, 0.0, 0);
      check_hadamard(random, 3, blocks * size, size, 0.01, blocks % 4);
    }
    check_hadamard(random, 600000 / size, 2 * size, size, 0.0, 0);
  }
}

void check_rotate(Random& random, int64_t rows, int64_t blocks, int64_t size, double special,
                  int64_t shift) {
  context() = format("rotate: %d rows of %d blocks of %d, shift %d", static_cast<int>(rows),
                     static_cast<int>(blocks), static_cast<int>(size), static_cast<int>(shift));
  const int64_t k = blocks * size;
  const std::vector<float> x = mixed_floats(random, rows * k, special);
  const std::vector<float> matrix = random_floats(random, size * size, -1, 1);
  std::vector<float> want(rows * k);
  reference::rotate({x.data(), matrix.data(), want.data(), rows, k, size});
  DeviceBuffer<float> d_x(x, shift), d_matrix(matrix, shift), y(rows * k, shift);
  run_op([&] {
    return cuda::rotate({d_x.data(), d_matrix.data(), y.data(), rows, k, size}, nullptr);
  });
  check_same(y.read("y").data(), want.data(), rows * k, "y");
}

TEST_ON_GPU(rotate) {
  Random random(32);
  for (int64_t size = 1; size <= 40; ++size) {
    check_rotate(random, random.integer(0, 5), random.integer(0, 5), size, 0.0, 0);
    check_rotate(random, 3, 3, size, 0.01, size % 3);
  }
  for (int64_t size : {64, 100, 128, 300}) check_rotate(random, 11, 3, size, 0.0, 0);
  check_rotate(random, 500, 8, 33, 0.0, 0);
  check_rotate(random, 501, 9, 32, 0.0, 0);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
