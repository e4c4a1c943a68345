// What the ops read and write.
#pragma once

#include <cstdint>
#include <vector>

#include "cpu/kernels.h"
#include "options.h"
#include "weights.h"

namespace qutlass::bench {

// Of rotate's matrix.
constexpr int64_t kMatrixSize = 64;

// Operands of every op for one m; weights come in copies.
struct Operands {
  int64_t m, n, k;
  std::vector<float> x, sa, sb, scales, y, rows, row_scales, matrix;
  std::vector<int32_t> a, a4, a_zero, row_zeros;
  Weights w8 = {n, int8_words(k), cpu::prepacked_int8_size, cpu::prepack_int8};
  Weights w4 = {n, int4_words(k), cpu::prepacked_int4_size, cpu::prepack_int4};

  Operands(int64_t m, const Options& options);
  // Cases refer to this.
  Operands(const Operands&) = delete;
  Operands& operator=(const Operands&) = delete;
};

}  // namespace qutlass::bench
