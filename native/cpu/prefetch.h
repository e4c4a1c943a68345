// Asks for memory before it is needed.
#pragma once

#include <cstdint>

#include "cpu/isa.h"

namespace qutlass::cpu {

// The lines of some words. A panel takes a stretch of each of its rows, which the processor does
// not foresee: so the next panel's are asked for while this one's are multiplied. They go to the
// second-level cache: they are more than the first has room for.
inline void prefetch_words(const int32_t* words, int64_t count) {
  constexpr int kForReading = 0, kSecondLevel = 2;
  for (int64_t word = 0; word < count; word += kLineWords) {
    __builtin_prefetch(words + word, kForReading, kSecondLevel);
  }
}

}  // namespace qutlass::cpu
