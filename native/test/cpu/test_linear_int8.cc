// linearInt8: the bits of quantizeInt8 and matmulInt8Bf16, one after the other.
#include "harness.h"

namespace qutlass::test {
namespace {

void check(Random& random, int64_t m, int64_t n, int64_t k, bool symmetric) {
  const RandomRotation rotation(random, k);
  LinearInt8Args args{};
  args.method = symmetric ? random_method(random) : ScaleMethod::kAbsMax;
  args.rotation = rotation.rotation;
  context() =
      format("m %lld, n %lld, k %lld, symmetric %d, method %d, %s of %lld",
             static_cast<long long>(m), static_cast<long long>(n), static_cast<long long>(k),
             symmetric, static_cast<int>(args.method), args.rotation.matrix ? "matrix" : "hadamard",
             static_cast<long long>(args.rotation.block_size));
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  if (m > 2 && k > 0) {
    std::fill_n(x.begin() + k, k, 0.0f);  // a row of zeros
    x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  const std::vector<int32_t> w = packed_int8(random_integers(random, n * k, -127, 127), n, k);
  const std::vector<float> w_scale = random_floats(random, n, 1e-3f, 1e-1f);
  const std::vector<float> bias = random_floats(random, n, -1, 1);
  std::vector<float> want(m * n);
  args.x = x.data();
  args.w = w.data();
  args.w_scale = w_scale.data();
  args.w_scale_is_scalar = n > 0 && random.chance(0.3);
  args.bias = random.chance(0.5) ? bias.data() : nullptr;
  args.y = want.data();
  args.m = m;
  args.n = n;
  args.k = k;
  args.symmetric = symmetric;
  args.activation = kActivations[random.integer(0, 2)];
  reference::linear_int8(args);
  with_each_thread_count([&] {
    Guarded<float> y(m * n);
    args.y = y.data();
    run_product(cpu::linear_int8, args);
    CHECK(y.is_intact(), "wrote beyond y");
    check_same(y.data(), want.data(), y.size(), "y");
  });
}

TEST_EACH_ISA(linear_int8) {
  Random random(21);
  for (bool symmetric : {true, false}) {
    for (int64_t k = 0; k <= 70; ++k) {
      check(random, random.integer(0, 7), random.integer(0, 9), k, symmetric);
    }
    for (int i = 0; i < 20; ++i) check(random, 3, 5, 1024, symmetric);
    check(random, 1, 900, 1030, symmetric);
    check(random, 140, 70, 259, symmetric);
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
