// linearInt8Int4: within the contract's bound of quantizeInt8 and a product in float64, and the
// same bits for any number of threads.
#include "products.h"

namespace qutlass::test {
namespace {

std::vector<float> product_of(Int8Int4Problem& problem) {
  context() = problem.text();
  return test::product_of(problem.args, cpu::linear_int8_int4);
}

void check_close(Int8Int4Problem& problem) {
  std::vector<float> y = product_of(problem);
  check_prepacked_groups(problem.args, y, cpu::linear_int8_int4);
  problem.args.y = y.data();
  reference::check_linear_int8_int4(problem.args);
}

void check(Random& random, int64_t m, int64_t n, int64_t k, int64_t group_size) {
  Int8Int4Problem problem(random, m, n, k, group_size, rows_with_special_ones(random, m, k));
  check_close(problem);
}

TEST_EACH_ISA(all_tails) {
  Random random(61);
  for (int64_t k = 0; k <= 300; ++k) {
    check(random, random.integer(0, 11), random.integer(0, 13), k, random_group_size(random, k));
  }
  for (int64_t m = 0; m <= 9; ++m) {
    for (int64_t n = 0; n <= 9; ++n) {
      const int64_t k = random.integer(0, 200);
      check(random, m, n, k, random_group_size(random, k));
    }
  }
}

TEST_EACH_ISA(several_blocks) {
  Random random(62);
  const int64_t shapes[][4] = {{1, 6200, 1024, 128}, {1, 700, 1111, 32},   {4, 300, 2048, 2048},
                               {131, 67, 600, 64},   {260, 33, 520, 40},   {7, 50, 3000, 3000},
                               {9, 55, 1536, 768},   {3, 20, 1280, 320},   {30, 70, 1500, 24},
                               {64, 40, 2000, 1000}, {12, 90, 4096, 32},   {129, 70, 1024, 128},
                               {40, 33, 8300, 40},   {33, 20, 9001, 9001}, {34, 9, 8192, 128}};
  for (const auto& shape : shapes) check(random, shape[0], shape[1], shape[2], shape[3]);
}

// Of K that kernels for few rows take a part of at once, which may end within a group. Only the
// next part counts.
TEST_EACH_ISA(few_rows_of_large_k) {
  Random random(66);
  const int64_t m = 4, k = 33100;
  for (int64_t group_size : {64, 384, 33100}) {
    Int8Int4Problem problem(random, m, 5, k, group_size, floats_of_the_end(random, m, k, 332));
    problem.args.rotation = {};
    problem.args.method = ScaleMethod::kAbsMax;
    check_close(problem);
  }
}

TEST_EACH_ISA(few_rows_and_all_kinds_of_groups) {
  Random random(63);
  for (int64_t m : {1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 33}) {
    for (int64_t group_size : {8, 32, 64, 96, 128, 160, 256, 384, 2000}) {
      for (int64_t k : {1024, 1288, 1999}) check(random, m, 9, k, std::min(group_size, k));
    }
  }
}

// Where every product is as large as it can be, sums are too.
TEST_EACH_ISA(largest_sums) {
  Random random(64);
  for (int64_t m : {1, 4, 8, 16, 40}) {
    for (int64_t group_size : {32, 64, 128, 512, 4096}) {
      const int64_t k = 4096;
      for (const float value : {1.0f, -1.0f}) {
        for (const int32_t word : {0, -1}) {  // nibbles of 0 and of 15
          Int8Int4Problem problem(random, m, 33, k, group_size, std::vector<float>(m * k, value));
          problem.args.rotation = {};
          problem.args.method = ScaleMethod::kAbsMax;
          std::fill(problem.w.begin(), problem.w.end(), word);
          std::fill(problem.zeros.begin(), problem.zeros.end(), word == 0 ? 15 : 0);
          problem.args.zeros = problem.zeros.data();
          check_close(problem);
        }
      }
    }
  }
}

TEST_EACH_ISA(no_weights_but_zero_points_give_the_bias) {
  Random random(65);
  for (int64_t m : {1, 3, 8, 20}) {
    Int8Int4Problem problem(random, m, 21, 768, 64, random_floats(random, m * 768, -2, 3));
    std::fill(problem.w.begin(), problem.w.end(), 0x33333333);
    std::fill(problem.zeros.begin(), problem.zeros.end(), 3);
    problem.args.zeros = problem.zeros.data();
    problem.args.bias = nullptr;
    for (const float value : product_of(problem)) CHECK(value == 0.0f, "%s", shown(value).c_str());
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
