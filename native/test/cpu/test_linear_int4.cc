// linearInt4: the bits of quantizeInt4 and matmulInt4Int4Bf16, one after the other.
#include "harness.h"

namespace qutlass::test {
namespace {

void check(Random& random, int64_t m, int64_t n, int64_t k) {
  const RandomRotation rotation(random, k);
  LinearInt4Args args{};
  args.method = random_method(random);
  args.rotation = rotation.rotation;
  context() = format("m %lld, n %lld, k %lld, method %d, %s of %lld", static_cast<long long>(m),
                     static_cast<long long>(n), static_cast<long long>(k),
                     static_cast<int>(args.method), args.rotation.matrix ? "matrix" : "hadamard",
                     static_cast<long long>(args.rotation.block_size));
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  if (m > 2 && k > 0) {
    std::fill_n(x.begin() + k, k, 0.0f);  // a row of zeros
    x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  const std::vector<int32_t> w = packed_int4(random_integers(random, n * k, -8, 7), n, k);
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
  args.activation = kActivations[random.integer(0, 2)];
  reference::linear_int4(args);
  with_each_thread_count([&] {
    Guarded<float> y(m * n);
    args.y = y.data();
    run_product(cpu::linear_int4, args);
    CHECK(y.is_intact(), "wrote beyond y");
    check_same(y.data(), want.data(), y.size(), "y");
  });
}

TEST_EACH_ISA(linear_int4) {
  Random random(51);
  for (int64_t k = 0; k <= 130; ++k) check(random, random.integer(0, 7), random.integer(0, 9), k);
  for (int i = 0; i < 20; ++i) check(random, 3, 5, 1024);
  check(random, 1, 900, 1030);
  check(random, 140, 70, 512);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
