#include "cpu/value_range.h"

#include <algorithm>

#include "qutlass/numerics.h"

namespace qutlass::cpu {
namespace {

// A row is taken as a matrix of this many columns, which the compiler keeps in vectors.
constexpr int64_t kRowColumns = 32;

// Finite magnitudes, +Inf and NaN are in this order as integers too, unlike as floats.
int32_t magnitude_bits(float value) {
  return static_cast<int32_t>(float_bits(value) & 0x7fffffffu);
}

}  // namespace

void take_magnitudes(const float* x, int64_t stride, int64_t rows, int64_t columns,
                     float* magnitude) {
  int32_t largest[kMaxRangeColumns];
  for (int64_t j = 0; j < columns; ++j) largest[j] = magnitude_bits(magnitude[j]);
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = x + i * stride;
    for (int64_t j = 0; j < columns; ++j) {
      const int32_t bits = magnitude_bits(row[j]);
      largest[j] = bits > largest[j] ? bits : largest[j];
    }
  }
  for (int64_t j = 0; j < columns; ++j) {
    magnitude[j] = float_from_bits(static_cast<uint32_t>(largest[j]));
  }
}

void take_extremes(const float* x, int64_t stride, int64_t rows, int64_t columns, float* lo,
                   float* hi) {
  for (int64_t i = 0; i < rows; ++i) {
    const float* row = x + i * stride;
    for (int64_t j = 0; j < columns; ++j) {
      lo[j] = row[j] < lo[j] ? row[j] : lo[j];
      hi[j] = row[j] > hi[j] ? row[j] : hi[j];
    }
  }
}

ValueRange row_range(const Isa& isa, const float* x, int64_t k) {
  const float magnitude = isa.row_magnitude(x, k);
  if (!is_finite(magnitude)) return {magnitude, magnitude};
  float lo[kRowColumns] = {}, hi[kRowColumns] = {};
  const int64_t rows = k / kRowColumns;
  take_extremes(x, kRowColumns, rows, kRowColumns, lo, hi);
  take_extremes(x + rows * kRowColumns, 0, 1, k % kRowColumns, lo, hi);
  return {*std::min_element(lo, lo + kRowColumns), *std::max_element(hi, hi + kRowColumns)};
}

}  // namespace qutlass::cpu
