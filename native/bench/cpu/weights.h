// Copies of packed weights, through which the calls of a product go in turn.
#pragma once

#include <cstdint>
#include <vector>

#include "qutlass/ops.h"

namespace qutlass::bench {

// Copies as they are and, where this processor has such, prepacked when they are asked for.
struct Weights {
  int64_t n, words;
  int64_t (*prepacked_size)(int64_t n, int64_t words);
  const char* (*prepack)(const PrepackArgs& args);
  std::vector<std::vector<int32_t>> copies = {};
  std::vector<std::vector<int32_t>> prepacked = {};

  bool can_be_prepacked() const;
  // Those of call `i`.
  const int32_t* copy(int64_t i) const;
  const int32_t* prepacked_copy(int64_t i);
  const int32_t* at(int64_t i, bool is_prepacked);
};

}  // namespace qutlass::bench
