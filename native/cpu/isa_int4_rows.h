// Which of some rows of an int4 weight: for isa_*.cc alone (see isa.h).
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// One beyond the last repeats it.
[[gnu::always_inline]] inline Int4Row row_at(const Int4Rows& rows, int64_t index) {
  if (index >= rows.count) index = rows.count - 1;
  const Int4Row& first = rows.first;
  return {first.words + index * rows.row_words, first.scales + index * rows.row_groups,
          first.zeros ? first.zeros + index * rows.row_groups : nullptr};
}

}  // namespace
}  // namespace qutlass::cpu
