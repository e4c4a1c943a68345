// Rows of activations in block floating point (block_float.h) as tiles of bytes, for a processor
// that multiplies matrices of them (matrix_unit.h). No functions are here, so that isa_*.cc may
// include it (see isa.h).
#pragma once

#include <cstdint>

namespace qutlass::cpu {

// A step is so many words of K, whose even elements are one tile and whose odd ones another. A tile
// has a row of 32-bit elements for each word, and a column of them, a lane, for each byte of the
// integers of each row of activations and each group that the step has: lane
// (2 * row + is_high) * groups + group, with zeros for the words of other groups. Rows whose lanes
// go together are a strip.
constexpr int64_t kInt4StepWords = 16;
constexpr int64_t kInt4StepTiles = 2;
constexpr int64_t kInt4StripLanes = 16;

struct Int4TileLayout {
  int64_t groups;      // of a step: 1 or 2
  int64_t strip_rows;  // the most of a strip
  int64_t lanes;       // of a strip, at most kInt4StripLanes
  int64_t strips;      // 0 where the product is not one for tiles
  int64_t steps;
};

// The rows before that: words[row][step][part][word], parts being those of BlockIntegers, and a
// unit for each group of a step, or for each step.
struct Int4ByteRows {
  const int32_t* words;
  const float* units;
  int64_t rows;
  int64_t row_words;
  int64_t row_units;
};

// tiles[strip][step][is odd][word][lane] and units[strip][step][kInt4StripLanes]: what a lane's
// integers are multiplied with.
struct Int4Tiles {
  Int4TileLayout layout;
  int32_t* tiles;
  float* units;
};

}  // namespace qutlass::cpu
