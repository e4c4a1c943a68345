// hadamard and rotate: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

template <typename Args>
void check(const char* (*op)(const Args&), void (*reference)(const Args&), Args args) {
  context() = format("%lld rows of %lld, blocks of %lld", static_cast<long long>(args.rows),
                     static_cast<long long>(args.k), static_cast<long long>(args.block_size));
  const int64_t size = args.rows * args.k;
  std::vector<float> want(size);
  args.y = want.data();
  reference(args);
  with_each_thread_count([&] {
    Guarded<float> y(size);
    args.y = y.data();
    run_op([&] { return op(args); });
    CHECK(y.is_intact(), "wrote beyond y");
    check_same(y.data(), want.data(), size, "y");
  });
}

void check_hadamard(Random& random, int64_t rows, int64_t blocks, int64_t size, double special) {
  const std::vector<float> x = mixed_floats(random, rows * blocks * size, special);
  check<HadamardArgs>(cpu::hadamard, reference::hadamard,
                      {x.data(), nullptr, rows, blocks * size, size});
}

TEST_EACH_ISA(hadamard) {
  Random random(31);
  for (int64_t size : kHadamardSizes) {
    for (int64_t blocks = 0; blocks <= 5; ++blocks) {
      check_hadamard(random, random.integer(0, 5), blocks, size, 0.0);
    }
    check_hadamard(random, 7, 3, size, 0.002);
    check_hadamard(random, 70000 / size, 2, size, 0.0);
  }
}

TEST_EACH_ISA(hadamard_by_hand) {
  // The matrix's first column is of ones, its second of ones and minus ones in turn.
  std::vector<float> x(32, 0.0f);
  x[0] = 4.0f;
  x[17] = 8.0f;
  Guarded<float> y(32);
  run_op([&] { return cpu::hadamard({x.data(), y.data(), 1, 32, 16}); });
  for (int i = 0; i < 16; ++i) {
    CHECK(y[i] == 1.0f, "y[%d] is %g", i, static_cast<double>(y[i]));
    CHECK(y[16 + i] == (i % 2 == 0 ? 2.0f : -2.0f), "y[%d] is %g", 16 + i,
          static_cast<double>(y[16 + i]));
  }
}

void check_rotate(Random& random, int64_t rows, int64_t blocks, int64_t size, double special) {
  const std::vector<float> x = mixed_floats(random, rows * blocks * size, special);
  const std::vector<float> matrix = random_floats(random, size * size, -1, 1);
  check<RotateArgs>(cpu::rotate, reference::rotate,
                    {x.data(), matrix.data(), nullptr, rows, blocks * size, size});
}

TEST_EACH_ISA(rotate) {
  Random random(32);
  for (int64_t size = 1; size <= 40; ++size) {
    check_rotate(random, random.integer(0, 5), random.integer(0, 5), size, 0.0);
    check_rotate(random, 3, 3, size, 0.01);
  }
  for (int64_t size : {64, 100, 128, 300}) check_rotate(random, 11, 3, size, 0.0);
  check_rotate(random, 500, 8, 33, 0.0);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
