// linearInt4: the bits of quantizeInt4 and matmulInt4Int4Bf16, one after the other.
#include "products.h"

namespace qutlass::test {
namespace {

void check(Random& random, int64_t m, int64_t n, int64_t k) {
  LinearProblem<LinearInt4Args> problem(random, m, n, k, rows_with_special_ones(random, m, k),
                                        packed_int4(random_integers(random, n * k, -8, 7), n, k));
  context() = problem.text();
  check_product(problem.args, reference::linear_int4, cpu::linear_int4);
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
