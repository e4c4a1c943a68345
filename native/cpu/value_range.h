// The extremes of floats, from which their quantizers come.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace qutlass::cpu {

// The most columns that a call takes.
constexpr int64_t kMaxRangeColumns = 128;

// For each of `columns` columns of `rows` rows, `stride` floats apart: magnitude[j] becomes the
// largest |x| among it and the column, +Inf or NaN where an x is not finite.
void take_magnitudes(const float* x, int64_t stride, int64_t rows, int64_t columns,
                     float* magnitude);

// Likewise lo[j] and hi[j], the least and the greatest; values that are NaN do not count.
void take_extremes(const float* x, int64_t stride, int64_t rows, int64_t columns, float* lo,
                   float* hi);

// The range of a row, made to hold 0; not finite where a value is not.
struct ValueRange {
  float lo;
  float hi;
};

ValueRange row_range(const Isa& isa, const float* x, int64_t k);

}  // namespace qutlass::cpu
