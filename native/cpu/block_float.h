// Rows of activations in block floating point: 16-bit integers with a power of two, the unit, for
// each block of K, so that int4 products are sums of integers.
//
// The integers lose next to nothing. A bf16 value has 8 significant bits, and the unit is such that
// the largest value of the block has 15, or 14 where it would be 255 * 2^7: all values within 2^-7,
// or 2^-6, of that one are whole multiples of the unit. So integers have two signed bytes. Others,
// much smaller than the largest of their block, are rounded to multiples of the unit, or to 0 where
// they are not finite. What they are more than that is a residual, which is kept as a float.
//
// Rows that are int8 are such integers as they come, of one byte; their scale is the caller's.
#pragma once

#include <cstdint>

#include "cpu/int4_tiles.h"
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
  // The integers of so many words are together, in this order. Then come the next words.
  int64_t order_words;
  Int4Order order;
  int64_t parts;            // of a word's integers: BlockIntegers::kParts, or kPartsOfBytes
  int32_t sums_factor = 1;  // of the negative sums of kSignedBytes

  static constexpr int64_t kMaxBlockWords = 2 * kMaxLanes;

  int64_t block_end(int64_t word) const;
  // The number of blocks, which have a unit each, and of negative sums before a word that begins a
  // block.
  int64_t blocks_before(int64_t word) const;
  int64_t sums_before(int64_t word) const;
};

class BlockFloatRows {
 public:
  // Takes its memory from the workspace. A row is filled up with zeros to whole `padded_words`.
  BlockFloatRows(const Isa& isa, int64_t m, int64_t k, const BlockFloatLayout& layout,
                 int64_t padded_words, Workspace& workspace);

  // From x [m, k], rounded to bf16. False where so many residuals are likely to count that the
  // integers are not worth it.
  bool prepare(const float* x) const;
  // From packed int8 rows [m, int8_words(k)].
  void prepare(const int32_t* rows) const;

  // Of a row, from a word on that begins a block.
  BlockFloats from(int64_t row, int64_t word) const {
    return {values(row, word),
            units(row) + layout_.blocks_before(word),
            negative_sums_ + row * row_sums_ + layout_.sums_before(word),
            row_values_,
            row_units_,
            row_sums_,
            magnitude_masks_ + row};
  }
  // All rows in the order of tiles.
  Int4ByteRows byte_rows() const { return {values_, m_, row_values_}; }
  Residuals residuals(int64_t row) const;
  // What a residual may change a product by, as a share of the sum of the terms' magnitudes: what
  // the contract grants for K roundings, less those that there are.
  float spare_roundings() const { return spare_roundings_; }

 private:
  // The parts of a row's integers from a word on.
  const int32_t* values(int64_t row, int64_t word) const {
    return values_ + row * row_values_ + word * layout_.parts;
  }
  // All units of a row.
  const float* units(int64_t row) const { return units_ + row * row_units_; }
  void prepare_row(const float* x, int64_t row) const;
  void prepare_row(const int32_t* words, int64_t row) const;
  void put_int8_words(const int32_t* words, int64_t count, int64_t row, int64_t first_word) const;
  void put_sums_of_blocks(int64_t row) const;
  void clear_row(int64_t row) const;
  bool is_for_panels() const { return layout_.order_words == 1; }
  // Of a row for panels, from a word on.
  int32_t (*words_from(int64_t row, int64_t word) const)[BlockIntegers::kParts] {
    return reinterpret_cast<int32_t(*)[BlockIntegers::kParts]>(values_ + row * row_values_) + word;
  }
  // Put a block's first words, and what goes with it, where they belong.
  void put_panel_block(const BlockIntegers& block, int64_t row, int64_t number,
                       int64_t words) const;
  void put_block(const BlockIntegers& block, int64_t row, int64_t first_word, int64_t number,
                 int64_t words) const;

  BlockFloatLayout layout_;
  MakeBlockIntegers make_block_;
  int64_t m_, k_, row_values_, row_units_, row_sums_, most_residuals_;
  float spare_roundings_;
  int32_t* values_;
  float* units_;
  int32_t* negative_sums_;
  Residual* residuals_;
  int32_t* residual_counts_;
  float* residual_magnitudes_;
  float* expected_residuals_;
  int32_t* magnitude_masks_;
};

}  // namespace qutlass::cpu
