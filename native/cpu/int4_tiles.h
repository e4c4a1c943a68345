// Rows of int8 activations as tiles of bytes, for a processor that multiplies matrices of them
// (matrix_unit.h). No functions are here, so that isa_*.cc may include it (see isa.h).
#pragma once

#include <cstdint>

namespace qutlass::cpu {

// A step is so many words of K, whose even elements are one tile and whose odd ones another. A tile
// has four of them of each row of activations for each word. Rows that go together are a strip.
constexpr int64_t kInt4StepWords = 16;
constexpr int64_t kInt4StepTiles = 2;
constexpr int64_t kInt4StripRows = 16;

struct Int4TileLayout {
  int64_t strips;  // 0 where the product is not one for tiles
  int64_t steps;
};

// The rows before that: words[row][step][is odd][word].
struct Int4ByteRows {
  const int32_t* words;
  int64_t rows;
  int64_t row_words;
};

// tiles[strip][step][is odd], each as the operand has to be.
struct Int4Tiles {
  Int4TileLayout layout;
  int32_t* tiles;
};

}  // namespace qutlass::cpu
