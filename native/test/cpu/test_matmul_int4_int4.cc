// matmulInt4Int4Bf16: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

// Rows of nibbles, often the extremes.
std::vector<int32_t> random_operand(Random& random, int64_t rows, int64_t k) {
  std::vector<int32_t> values = random_integers(random, rows * k, -8, 7);
  for (int32_t& value : values) {
    if (random.chance(0.3)) value = random.chance(0.7) ? -8 : 7;
  }
  return packed_int4(values, rows, k);
}

struct Problem {
  std::vector<int32_t> a, b;
  std::vector<float> sa, sb, bias;
  MatmulInt4Int4Args args{};

  Problem(Random& random, int64_t m, int64_t n, int64_t k) {
    a = random_operand(random, m, k);
    b = random_operand(random, n, k);
    sa = random_floats(random, m, 1e-4f, 1e-2f);
    sb = random_floats(random, n, 1e-4f, 1e-2f);
    bias = random_floats(random, n, -0.1f, 0.1f);
    args.a = a.data();
    args.b = b.data();
    args.sa = sa.data();
    args.sb = sb.data();
    args.m = m;
    args.n = n;
    args.words = int4_words(k);
    args.sa_is_scalar = m > 0 && random.chance(0.2);
    args.sb_is_scalar = n > 0 && random.chance(0.2);
    if (random.chance(0.5)) args.bias = bias.data();
    args.activation = kActivations[random.integer(0, 2)];
  }
  // args points into this.
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
};

void check(Problem& problem) {
  MatmulInt4Int4Args args = problem.args;
  context() =
      format("m %lld, n %lld, words %lld, bias %d, activation %d", static_cast<long long>(args.m),
             static_cast<long long>(args.n), static_cast<long long>(args.words),
             args.bias != nullptr, static_cast<int>(args.activation));
  std::vector<float> want(args.m * args.n);
  args.y = want.data();
  reference::matmul_int4_int4(args);
  with_each_thread_count([&] {
    Guarded<float> y(args.m * args.n);
    args.y = y.data();
    run_product(cpu::matmul_int4_int4, args);
    CHECK(y.is_intact(), "wrote beyond y");
    check_same(y.data(), want.data(), y.size(), "y");
  });
}

TEST_EACH_ISA(all_tails) {
  Random random(41);
  for (int64_t k = 0; k <= 300; ++k) {
    Problem problem(random, random.integer(0, 11), random.integer(0, 13), k);
    check(problem);
  }
  for (int64_t m = 0; m <= 9; ++m) {
    for (int64_t n = 0; n <= 9; ++n) {
      Problem problem(random, m, n, random.integer(0, 300));
      check(problem);
    }
  }
}

TEST_EACH_ISA(several_blocks) {
  Random random(42);
  const int64_t shapes[][3] = {{1, 1100, 1000}, {131, 67, 700},  {5, 130, 5000},
                               {260, 33, 77},   {3, 2, 70000},   {40, 33, 2600},
                               {14, 40, 1040},  {300, 65, 1100}, {33, 31, 9000}};
  for (const auto& shape : shapes) {
    Problem problem(random, shape[0], shape[1], shape[2]);
    check(problem);
  }
}

// Products of the extremes over the most words: sums of parts are the largest and the least too.
TEST_EACH_ISA(greatest_sums) {
  const int32_t pairs[][2] = {{-8, -8}, {-8, 7}, {7, -8}, {7, 7}};
  const int64_t k = kMaxKInt4Int4;
  const float scale = 1.0f;
  for (const auto& pair : pairs) {
    for (int64_t m : {1, 3, 40}) {
      const std::vector<int32_t> a = packed_int4(std::vector<int32_t>(m * k, pair[0]), m, k);
      const std::vector<int32_t> b = packed_int4(std::vector<int32_t>(k, pair[1]), 1, k);
      Guarded<float> y(m);
      MatmulInt4Int4Args args{};
      args.a = a.data();
      args.b = b.data();
      args.sa = args.sb = &scale;
      args.sa_is_scalar = args.sb_is_scalar = true;
      args.y = y.data();
      args.m = m;
      args.n = 1;
      args.words = int4_words(k);
      run_product(cpu::matmul_int4_int4, args);
      const float want = round_to_bf16(static_cast<float>(k * pair[0] * pair[1]));
      for (int64_t i = 0; i < m; ++i) {
        CHECK(y[i] == want, "%d * %d: got %s, expected %s", pair[0], pair[1], shown(y[i]).c_str(),
              shown(want).c_str());
      }
    }
  }
}

TEST_EACH_ISA(denormal_and_special_scales) {
  Random random(43);
  Problem problem(random, 6, 7, 33);
  problem.args.sa_is_scalar = problem.args.sb_is_scalar = false;
  problem.sa = {1e-38f, kLeastDenormal, kNan, kInfinity, 0.0f, 1e30f};
  problem.sb = {1e-3f, 1.0f, kNan, 1e-40f, 1e30f, -1.0f, 0.0f};
  problem.args.sa = problem.sa.data();
  problem.args.sb = problem.sb.data();
  for (Activation activation : kActivations) {
    problem.args.activation = activation;
    check(problem);
  }
}

TEST_EACH_ISA(nothing_to_do) {
  MatmulInt4Int4Args args{};
  run_product(cpu::matmul_int4_int4, args);
  const float bias[] = {1.0f, -2.0f}, scale = 1.0f;
  Guarded<float> y(2);
  args.m = 1;
  args.n = 2;
  args.sa = args.sb = &scale;
  args.sa_is_scalar = args.sb_is_scalar = true;
  args.bias = bias;
  args.y = y.data();
  run_product(cpu::matmul_int4_int4, args);
  CHECK(y[0] == 1.0f && y[1] == -2.0f, "an empty sum leaves the bias");
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
