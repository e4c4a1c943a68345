// matmulInt8Bf16: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

struct Problem {
  int64_t m, n, k;
  std::vector<int32_t> a, b, a_zero;
  std::vector<float> sa, sb, bias;
  MatmulInt8Args args{};

  Problem(Random& random, int64_t rows, int64_t columns, int64_t depth)
      : m(rows), n(columns), k(depth) {
    // Often the extremes, whose products saturate in 16 bits.
    const auto integers = [&](int64_t size) {
      std::vector<int32_t> values = random_integers(random, size, -128, 127);
      for (int32_t& value : values) {
        if (random.chance(0.3)) value = random.chance(0.7) ? -128 : 127;
      }
      return values;
    };
    a = packed_int8(integers(m * k), m, k);
    b = packed_int8(integers(n * k), n, k);
    a_zero = random_integers(random, m, -128, 127);
    sa = random_floats(random, m, 1e-4f, 1e-2f);
    sb = random_floats(random, n, 1e-4f, 1e-2f);
    bias = random_floats(random, n, -3.0f, 3.0f);
    args.a = a.data();
    args.b = b.data();
    args.sa = sa.data();
    args.sb = sb.data();
    args.m = m;
    args.n = n;
    args.words = int8_words(k);
    args.sa_is_scalar = m > 0 && random.chance(0.2);
    args.sb_is_scalar = n > 0 && random.chance(0.2);
    if (random.chance(0.5)) args.a_zero = a_zero.data();
    if (random.chance(0.5)) args.bias = bias.data();
    args.activation = kActivations[random.integer(0, 2)];
  }
  // args points into this.
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;
};

void check(Problem& problem) {
  MatmulInt8Args args = problem.args;
  context() = format("m %lld, n %lld, k %lld, zero %d, bias %d, activation %d",
                     static_cast<long long>(args.m), static_cast<long long>(args.n),
                     static_cast<long long>(problem.k), args.a_zero != nullptr,
                     args.bias != nullptr, static_cast<int>(args.activation));
  std::vector<float> want(args.m * args.n);
  args.y = want.data();
  reference::matmul_int8(args);
  with_each_thread_count([&] {
    Guarded<float> y(args.m * args.n);
    args.y = y.data();
    run_product(cpu::matmul_int8, args);
    CHECK(y.is_intact(), "wrote beyond y");
    check_same(y.data(), want.data(), y.size(), "y");
  });
}

TEST_EACH_ISA(all_tails) {
  Random random(11);
  for (int64_t k = 0; k <= 140; ++k) {
    Problem problem(random, random.integer(0, 11), random.integer(0, 13), k);
    check(problem);
  }
  for (int64_t m = 0; m <= 9; ++m) {
    for (int64_t n = 0; n <= 9; ++n) {
      Problem problem(random, m, n, random.integer(0, 90));
      check(problem);
    }
  }
}

TEST_EACH_ISA(several_blocks) {
  Random random(12);
  const int64_t shapes[][3] = {
      {1, 1100, 1000}, {131, 67, 300}, {5, 130, 2500}, {260, 33, 77}, {3, 2, 5000}};
  for (const auto& shape : shapes) {
    Problem problem(random, shape[0], shape[1], shape[2]);
    check(problem);
  }
}

TEST_EACH_ISA(few_rows_and_whole_blocks_of_columns) {
  // Where weights may be multiplied as they lie in memory: whole steps of K, and a rest.
  Random random(14);
  for (int64_t m : {1, 4, 5, 8, 15, 16, 17, 31, 32, 33}) {
    for (int64_t k : {64, 192, 300, 1100}) {
      for (int64_t n : {32, 70}) {
        Problem problem(random, m, n, k);
        check(problem);
        problem.args.a_zero = problem.args.a_zero ? nullptr : problem.a_zero.data();
        check(problem);
      }
    }
  }
}

TEST_EACH_ISA(greatest_sums) {
  // Every product the largest, K the largest for which the sum is an int32.
  for (bool has_zero : {false, true}) {
    const int64_t k = has_zero ? kMaxKInt8ZeroPoint : kMaxKInt8;
    const std::vector<int32_t> lowest = packed_int8(std::vector<int32_t>(k, -128), 1, k);
    const int32_t zero = 127;
    const float scale = 1.0f;
    Guarded<float> y(1);
    MatmulInt8Args args{};
    args.a = args.b = lowest.data();
    args.sa = args.sb = &scale;
    args.a_zero = has_zero ? &zero : nullptr;
    args.y = y.data();
    args.m = args.n = 1;
    args.words = int8_words(k);
    run_product(cpu::matmul_int8, args);
    const float want = round_to_bf16(static_cast<float>(k * 128 * (has_zero ? 255 : 128)));
    CHECK(y[0] == want, "got %s, expected %s", shown(y[0]).c_str(), shown(want).c_str());
  }
}

TEST_EACH_ISA(denormal_and_special_scales) {
  Random random(13);
  Problem problem(random, 6, 7, 33);
  problem.args.sa_is_scalar = problem.args.sb_is_scalar = false;
  problem.sa = {1e-38f, kLeastDenormal, kNan, kInfinity, 0.0f, 1e30f};
  problem.sb = {1e-3f, 1.0f, kNan, 1e-40f, 1e30f, -1.0f, 0.0f};
  for (Activation activation : kActivations) {
    for (bool has_bias : {false, true}) {
      problem.args.sa = problem.sa.data();
      problem.args.sb = problem.sb.data();
      problem.args.bias = has_bias ? problem.bias.data() : nullptr;
      problem.args.activation = activation;
      check(problem);
    }
  }
}

TEST_EACH_ISA(nothing_to_do) {
  MatmulInt8Args args{};
  run_product(cpu::matmul_int8, args);
  const float bias[] = {1.0f, -2.0f}, scale = 1.0f;
  Guarded<float> y(2);
  args.m = 1;
  args.n = 2;
  args.sa = args.sb = &scale;
  args.sa_is_scalar = args.sb_is_scalar = true;
  args.bias = bias;
  args.y = y.data();
  run_product(cpu::matmul_int8, args);
  CHECK(y[0] == 1.0f && y[1] == -2.0f, "an empty sum leaves the bias");
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
