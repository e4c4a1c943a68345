#include "operands.h"

#include "inputs.h"

namespace qutlass::bench {
namespace {

// More than a last-level cache holds, so that cold weights come from memory.
constexpr int64_t kColdBytes = int64_t{256} << 20;

int64_t copies_of(const Weights& weights, bool cold) {
  const int64_t bytes = weights.n * weights.words * static_cast<int64_t>(sizeof(int32_t));
  return cold ? (kColdBytes + bytes - 1) / bytes : 1;
}

}  // namespace

Operands::Operands(int64_t m, const Options& options)
    : m(m),
      n(options.n),
      k(options.k),
      y(m * n),
      rows(m * k),
      row_scales(m),
      a_zero(m, 3),
      row_zeros(m) {
  test::Random random(1);
  x = inputs_of(random, m * k, options.inputs);
  sa = test::random_floats(random, m, 1e-3f, 1e-2f);
  sb = test::random_floats(random, n, 1e-3f, 1e-2f);
  scales = test::random_floats(random, n * group_count(k, 8), 1e-3f, 1e-2f);
  matrix = test::random_floats(random, kMatrixSize * kMatrixSize, -1, 1);
  a = int8_rows(x, m, k);
  a4 = test::random_words(random, m * int4_words(k));
  w8.copies.assign(copies_of(w8, options.cold), int8_weights(random, n, k));
  for (int64_t i = copies_of(w4, options.cold); i > 0; --i) {
    w4.copies.push_back(test::random_words(random, n * w4.words));
  }
}

}  // namespace qutlass::bench
