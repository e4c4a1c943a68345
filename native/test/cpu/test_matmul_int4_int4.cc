// matmulInt4Int4Bf16: the bits of the reference.
#include "products.h"

namespace qutlass::test {
namespace {

// Rows of nibbles, often the extremes.
std::vector<int32_t> random_operand(Random& random, int64_t rows, int64_t k) {
  return packed_int4(extreme_integers(random, rows * k, -8, 7), rows, k);
}

struct Problem : PackedProblem<MatmulInt4Int4Args> {
  Problem(Random& random, int64_t m, int64_t n, int64_t k)
      : PackedProblem(random, m, n, random_operand(random, m, k), random_operand(random, n, k),
                      int4_words(k)) {}
};

void check(const Problem& problem) {
  context() = problem.text();
  check_product(problem.args, reference::matmul_int4_int4, cpu::matmul_int4_int4);
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
  Problem problem(random, 6, 39, 33);
  problem.set_special_scales();
  for (Activation activation : kActivations) {
    problem.args.activation = activation;
    check(problem);
  }
}

TEST_EACH_ISA(nothing_to_do) { check_empty_products(cpu::matmul_int4_int4); }

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
