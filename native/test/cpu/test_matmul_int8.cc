// matmulInt8Bf16: the bits of the reference.
#include "products.h"

namespace qutlass::test {
namespace {

// Rows of bytes, often the extremes.
std::vector<int32_t> random_operand(Random& random, int64_t rows, int64_t k) {
  return packed_int8(extreme_integers(random, rows * k, -128, 127), rows, k);
}

struct Problem : PackedProblem<MatmulInt8Args> {
  std::vector<int32_t> a_zero;

  Problem(Random& random, int64_t m, int64_t n, int64_t k)
      : PackedProblem(random, m, n, random_operand(random, m, k), random_operand(random, n, k),
                      int8_words(k)),
        a_zero(random_integers(random, m, -128, 127)) {
    if (random.chance(0.5)) args.a_zero = a_zero.data();
  }
};

void check(const Problem& problem) {
  context() = format("%s, zero %d", problem.text().c_str(), problem.args.a_zero != nullptr);
  check_product(problem.args, reference::matmul_int8, cpu::matmul_int8);
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
  const int64_t shapes[][3] = {{1, 1100, 1000}, {131, 67, 300}, {5, 130, 2500},
                               {260, 33, 77},   {3, 2, 5000},   {40, 33, 9001}};
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
  Problem problem(random, 6, 39, 33);
  problem.set_special_scales();
  for (Activation activation : kActivations) {
    for (bool has_bias : {false, true}) {
      problem.args.bias = has_bias ? problem.bias.data() : nullptr;
      problem.args.activation = activation;
      check(problem);
    }
  }
}

TEST_EACH_ISA(nothing_to_do) { check_empty_products(cpu::matmul_int8); }

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
