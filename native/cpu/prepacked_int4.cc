#include "cpu/prepacked_int4.h"

#include <algorithm>

#include "cpu/parallel.h"

namespace qutlass::cpu {

PrepackedInt4::PrepackedInt4(const Isa& isa, int64_t n, int64_t words)
    : panels_of_(*isa.int4.word_panels),
      n_(n),
      words_(words),
      columns_(panels_of_.columns),
      panels_(divide_up(n, columns_)) {}

void PrepackedInt4::pack(const int32_t* w, int32_t* prepacked) const {
  parallel_for(panels_, n_ * words_, [&](int64_t index) {
    const int32_t* columns[kMaxPanelColumns];
    for (int64_t j = 0; j < columns_; ++j) {
      // A panel that goes beyond the last row repeats it.
      columns[j] = w + std::min(index * columns_ + j, n_ - 1) * words_;
    }
    panels_of_.interleave(columns, words_, prepacked + place(index * columns_, 0));
  });
}

void PrepackedInt4::unpack(const int32_t* prepacked, int32_t* w) const {
  parallel_for(n_, n_ * words_, [&](int64_t row) {
    const int32_t* from = prepacked + place(row, 0);
    for (int64_t word = 0; word < words_; ++word) w[row * words_ + word] = from[word * columns_];
  });
}

int64_t PrepackedInt4::place(int64_t column, int64_t word) const {
  const int64_t panel = column / columns_, lane = column % columns_;
  return kPrepackedHeaderWords + (panel * words_ + word) * columns_ + lane;
}

KeptInt4::KeptInt4(const Isa& isa, const MatmulInt4Args& args)
    : words(isa, args.n, int4_words(args.k)),
      groups(isa, args.n, group_count(args.k, args.group_size)) {}

}  // namespace qutlass::cpu
