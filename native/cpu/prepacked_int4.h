// The words of int4 weights in the order in which the kernels of an instruction set multiply them,
// for weights that are packed once and multiplied often; and so their scales and zero points, one
// of a group in the place of a word.
//
// After the header (prepacked.h) come the columns (rows of the weights), panel by panel
// (Int4WordPanels): the words as they were, the first of each column, then the second of each.
#pragma once

#include <cstdint>

#include "cpu/isa.h"
#include "cpu/prepacked.h"
#include "cpu/rounding.h"
#include "qutlass/ops.h"

namespace qutlass::cpu {

class PrepackedInt4 {
 public:
  static constexpr char kName[] = "qutlass int4 1";

  static bool is_kept_by(const Isa& isa) { return isa.int4.word_panels != nullptr; }

  // `isa` keeps weights so.
  PrepackedInt4(const Isa& isa, int64_t n, int64_t words);

  // Of int32 elements.
  int64_t size() const { return kPrepackedHeaderWords + panels_ * columns_ * words_; }

  // All but the header.
  void pack(const int32_t* w, int32_t* prepacked) const;
  void unpack(const int32_t* prepacked, int32_t* w) const;

  // Where word `word` of a column is, with those of the columns after it in its panel beside it.
  // All panels from one on are one after the other.
  int64_t place(int64_t column, int64_t word) const;

  // All of some columns, the first of which begins a panel, and of what their panels have more.
  int64_t size_of_columns(int64_t count) const { return round_up(count, columns_) * words_; }

 private:
  const Int4WordPanels& panels_of_;
  int64_t n_, words_;
  int64_t columns_;  // of a panel
  int64_t panels_;
};

// How the words and the groups of a product's weights lie, where they are prepacked.
struct KeptInt4 {
  PrepackedInt4 words, groups;

  KeptInt4(const Isa& isa, const MatmulInt4Args& args);
};

}  // namespace qutlass::cpu
