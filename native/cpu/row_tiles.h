// Rows of a product, cut into tiles.
#pragma once

#include <cstdint>

#include "cpu/rounding.h"

namespace qutlass::cpu {

// How m rows are cut into tiles of nearly the same size: tile t has rows first(t) ... first(t + 1).
struct RowTiles {
  int64_t m;
  int64_t count;

  RowTiles(int64_t m, int64_t most_rows) : m(m), count(divide_up(m, most_rows)) {}
  int64_t first(int64_t tile) const { return tile * m / count; }
  int64_t rows(int64_t tile) const { return first(tile + 1) - first(tile); }
};

}  // namespace qutlass::cpu
