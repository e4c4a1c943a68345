// The words of int4 weights in the order in which the kernels of an instruction set multiply them,
// for weights that are packed once and multiplied often; and so their zero points and their scales,
// one of a group in the place of a word.
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
  int64_t size() const { return kPrepackedHeaderWords + columns() * words_; }

  // All but the header.
  void pack(const int32_t* w, int32_t* prepacked) const;
  void unpack(const int32_t* prepacked, int32_t* w) const;

  // Where word `word` of a column is, with those of the columns after it in its panel beside it.
  // All panels from one on are one after the other.
  int64_t place(int64_t column, int64_t word) const;

  // Of all panels: the last may go beyond the last column.
  int64_t columns() const { return panels_ << column_bits_; }

 private:
  const Int4WordPanels& panels_of_;
  int64_t n_, words_;
  int column_bits_;  // of the number of a panel's columns, a power of two
  int64_t panels_;
};

// Scales in that order, and after them the largest magnitude of those of each column.
class PrepackedInt4Scales {
 public:
  static constexpr char kName[] = "int4 scales 1";

  static bool is_kept_by(const Isa& isa) { return PrepackedInt4::is_kept_by(isa); }

  PrepackedInt4Scales(const Isa& isa, int64_t n, int64_t groups);

  // As those of PrepackedInt4; the elements are floats.
  int64_t size() const { return place_of_largest(round_up(n_, kMaxPanelColumns)); }
  void pack(const int32_t* scales, int32_t* prepacked) const;
  void unpack(const int32_t* prepacked, int32_t* scales) const;

  int64_t place(int64_t column, int64_t group) const { return groups_.place(column, group); }
  // Where the largest magnitude of a column's scales is, with those of the columns after it: of
  // whole kMaxPanelColumns, 0 beyond the last.
  int64_t place_of_largest(int64_t column) const { return groups_.size() + column; }

 private:
  const Isa& isa_;
  PrepackedInt4 groups_;
  int64_t n_, group_count_;
};

// How a product's weights lie, where they are prepacked.
struct KeptInt4 {
  PrepackedInt4 words, zeros;
  PrepackedInt4Scales scales;

  KeptInt4(const Isa& isa, const MatmulInt4Args& args);
};

}  // namespace qutlass::cpu
