// Asks for memory before it is needed.
#pragma once

#include <cstdint>

#include "cpu/rounding.h"

namespace qutlass::cpu {

// The words of the next panel: a short stretch of each of some rows, which the processor does not
// foresee. They are asked for in shares while this panel is multiplied, for there are only so many
// lines that a processor can wait for.
class PanelPrefetch {
 public:
  PanelPrefetch(const int32_t* words, int64_t row_words, int64_t rows, int64_t words_of_row,
                int64_t shares)
      : words_(words),
        row_words_(row_words),
        lines_of_row_(divide_up(words_of_row, kLineWords)),
        left_(words_of_row > 0 ? rows * lines_of_row_ : 0),
        share_(divide_up(left_, shares)) {}

  // For the next share.
  void ask() {
    for (int64_t i = 0; i < share_ && left_ > 0; ++i, --left_) {
      __builtin_prefetch(words_ + line_ * kLineWords);
      if (++line_ < lines_of_row_) continue;
      line_ = 0;
      words_ += row_words_;
    }
  }

 private:
  static constexpr int64_t kLineWords = 16;

  const int32_t* words_;
  int64_t row_words_, lines_of_row_, left_, share_, line_ = 0;
};

}  // namespace qutlass::cpu
