// int8 weights in the order in which the kernels of an instruction set multiply them, for weights
// that are packed once and multiplied often.
//
// After the header (prepacked.h) come the columns (rows of the weights), panel by panel: what
// the weights of each column add up to, and the panel's stretches of K, one after the other, as the
// instruction set packs them (KeptInt8Panels).
//
// isa_*.cc may include this: what is inline here, they do not call (see isa.h).
#pragma once

#include <cstdint>

#include "cpu/isa.h"
#include "cpu/prepacked.h"

namespace qutlass::cpu {

class PrepackedInt8 {
 public:
  static constexpr char kName[] = "qutlass int8 1";

  static bool is_kept_by(const Isa& isa) { return isa.int8.kept != nullptr; }

  // `isa` keeps weights so.
  PrepackedInt8(const Isa& isa, int64_t n, int64_t words);

  // Of int32 elements.
  int64_t size() const { return kPrepackedHeaderWords + panels_ * panel_size_; }

  // All but the header.
  void pack(const int32_t* w, int32_t* prepacked) const;
  void unpack(const int32_t* prepacked, int32_t* w) const;

  // What is there for a column, the first of a panel but for its sum.
  const int32_t* sum(const int32_t* prepacked, int64_t column) const;
  const int32_t* stretch(const int32_t* prepacked, int64_t column, int64_t index) const;
  // Of a stretch that is not the last.
  int64_t stretch_words() const;

 private:
  int64_t words_of(int64_t stretch) const;
  const int32_t* panel(const int32_t* prepacked, int64_t index) const {
    return prepacked + kPrepackedHeaderWords + index * panel_size_;
  }
  void pack_panel(const int32_t* w, int64_t index, int32_t* panel) const;
  void unpack_panel(const int32_t* panel, int64_t index, int32_t* w) const;

  const KeptInt8Panels& kept_;
  int64_t n_, words_;
  int64_t columns_;  // of a panel
  int64_t stretch_words_, stretches_, stretch_size_;
  int64_t panels_, panel_size_;
};

}  // namespace qutlass::cpu
