// Rows of a product, cut into tiles.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cpu/rounding.h"

namespace qutlass::cpu {

// How m rows are cut into tiles of nearly the same size: tile t has rows first(t) ... first(t + 1).
// The larger ones come first. No division is left for the loops over tiles.
struct RowTiles {
  int64_t count;
  int64_t least_rows;
  int64_t larger_tiles;

  RowTiles(int64_t m, int64_t most_rows)
      : count(divide_up(m, most_rows)),
        least_rows(count > 0 ? m / count : 0),
        larger_tiles(m - count * least_rows) {}
  int64_t first(int64_t tile) const { return tile * least_rows + std::min(tile, larger_tiles); }
  int64_t rows(int64_t tile) const { return least_rows + (tile < larger_tiles ? 1 : 0); }
};

}  // namespace qutlass::cpu
