// Weights in an order of a processor's own, which say themselves whose they are.
//
// isa_*.cc may include this: what is inline here, they do not call (see isa.h).
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace qutlass::cpu {

// What they begin with.
struct PrepackedHeader {
  char format[16];
  char isa[16];
  int64_t n;
  int64_t words;
};

constexpr int64_t kPrepackedHeaderWords = kLineWords;
static_assert(sizeof(PrepackedHeader) <= kPrepackedHeaderWords * sizeof(int32_t));

}  // namespace qutlass::cpu
