// linearInt8: the bits of quantizeInt8 and matmulInt8Bf16, one after the other.
#include "products.h"

namespace qutlass::test {
namespace {

void check(Random& random, int64_t m, int64_t n, int64_t k, bool symmetric) {
  LinearProblem<LinearInt8Args> problem(
      random, m, n, k, rows_with_special_ones(random, m, k),
      packed_int8(random_integers(random, n * k, -127, 127), n, k));
  problem.args.symmetric = symmetric;
  if (!symmetric) problem.args.method = ScaleMethod::kAbsMax;
  context() = format("%s, symmetric %d", problem.text().c_str(), symmetric);
  const std::vector<float> want = reference_product(problem.args, reference::linear_int8);
  with_each_thread_count([&] {
    check_product(problem.args, want, cpu::linear_int8);
    check_prepacked(problem.args, want);
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
