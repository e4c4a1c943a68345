// Rows of activations in block floating point: 16-bit integers with a power of two, the unit, for
// each block of K, so that int4 products are sums of integers.
//
// The integers lose next to nothing. A bf16 value has 8 significant bits, and the unit is such that
// the largest value of the block has 15: all values within 2^-7 of that one are whole multiples of
// the unit. What is left of others, much smaller than the largest of their block or not finite, is
// a residual, which is kept as a float.
#pragma once

#include <cstdint>

#include "cpu/isa.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {

// x[k] is `value` more than its integer says.
struct Residual {
  int32_t k;
  float value;
};

// The residuals of a row, and the sum of their magnitudes: not finite where one is not.
struct Residuals {
  const Residual* first;
  int64_t count;
  float magnitude;
};

// How rows of K are cut and ordered.
struct BlockFloatLayout {
  int64_t words;        // of a weight row
  int64_t block_words;  // of a block, at most kMaxBlockWords
  int64_t span_words;   // a block ends with every so many words, as a group of weights does
  // The integers of so many words are together in the order in which nibbles are unpacked from the
  // 16-bit halves of a vector of words: nibble 0 of each half, nibble 1 of each, ... Then come the
  // next words.
  int64_t order_words;

  static constexpr int64_t kMaxBlockWords = 2 * kMaxLanes;

  int64_t block_end(int64_t word) const;
  // The number of blocks before a word that begins one.
  int64_t blocks_before(int64_t word) const;
};

class BlockFloatRows {
 public:
  // Takes its memory from the workspace. A row of integers is filled up with zeros to whole
  // `padded_words`.
  BlockFloatRows(int64_t m, int64_t k, const BlockFloatLayout& layout, int64_t padded_words,
                 Workspace& workspace);

  // From x [m, k], rounded to bf16. False where a row has too many residuals to be worth it.
  bool prepare(const float* x) const;

  const BlockFloatLayout& layout() const { return layout_; }
  // The integers of a row from a word on.
  const int16_t* values(int64_t row, int64_t word) const {
    return values_ + row * row_values_ + word * kInt4PerWord;
  }
  // The units of a row from a block on, and what isa.h's int4 dot products want beside them: the
  // negative sums of the integers of each of order_words words, row_units() times as many.
  const float* units(int64_t row, int64_t block) const { return units_ + row * row_units_ + block; }
  const int32_t* negative_sums(int64_t row, int64_t block) const {
    return negative_sums_ + (row * row_units_ + block) * layout_.order_words;
  }
  int64_t row_values() const { return row_values_; }
  int64_t row_units() const { return row_units_; }
  Residuals residuals(int64_t row) const;

 private:
  void prepare_row(const float* x, int64_t row) const;

  BlockFloatLayout layout_;
  int64_t m_, k_, row_values_, row_units_, most_residuals_;
  int16_t* values_;
  float* units_;
  int32_t* negative_sums_;
  Residual* residuals_;
  int32_t* residual_counts_;
  float* residual_magnitudes_;
};

}  // namespace qutlass::cpu
