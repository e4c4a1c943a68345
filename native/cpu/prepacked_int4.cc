#include "cpu/prepacked_int4.h"

#include <algorithm>

#include "cpu/parallel.h"

namespace qutlass::cpu {

PrepackedInt4::PrepackedInt4(const Isa& isa, int64_t n, int64_t words)
    : panels_of_(*isa.int4.word_panels),
      n_(n),
      words_(words),
      column_bits_(__builtin_ctzll(static_cast<uint64_t>(panels_of_.columns))),
      panels_(divide_up(n, panels_of_.columns)) {}

void PrepackedInt4::pack(const int32_t* w, int32_t* prepacked) const {
  parallel_for(panels_, n_ * words_, [&](int64_t index) {
    const int32_t* columns[kMaxPanelColumns];
    const int64_t first = index << column_bits_;
    for (int64_t j = 0; j < panels_of_.columns; ++j) {
      // A panel that goes beyond the last row repeats it.
      columns[j] = w + std::min(first + j, n_ - 1) * words_;
    }
    panels_of_.interleave(columns, words_, prepacked + place(first, 0));
  });
}

void PrepackedInt4::unpack(const int32_t* prepacked, int32_t* w) const {
  parallel_for(n_, n_ * words_, [&](int64_t row) {
    const int32_t* from = prepacked + place(row, 0);
    for (int64_t word = 0; word < words_; ++word) {
      w[row * words_ + word] = from[word << column_bits_];
    }
  });
}

int64_t PrepackedInt4::place(int64_t column, int64_t word) const {
  const int64_t panel = column >> column_bits_, first = panel << column_bits_;
  return kPrepackedHeaderWords + first * words_ + (word << column_bits_) + (column - first);
}

PrepackedInt4Scales::PrepackedInt4Scales(const Isa& isa, int64_t n, int64_t groups)
    : isa_(isa), groups_(isa, n, groups), n_(n), group_count_(groups) {}

void PrepackedInt4Scales::pack(const int32_t* scales, int32_t* prepacked) const {
  groups_.pack(scales, prepacked);
  const auto* values = reinterpret_cast<const float*>(scales);
  auto* largest = reinterpret_cast<float*>(prepacked) + place_of_largest(0);
  for (int64_t row = 0; row < n_; ++row) {
    largest[row] = isa_.largest_magnitude(values + row * group_count_, group_count_);
  }
  std::fill(largest + n_, largest + round_up(n_, kMaxPanelColumns), 0.0f);
}

void PrepackedInt4Scales::unpack(const int32_t* prepacked, int32_t* scales) const {
  groups_.unpack(prepacked, scales);
}

KeptInt4::KeptInt4(const Isa& isa, const MatmulInt4Args& args)
    : words(isa, args.n, int4_words(args.k)),
      zeros(isa, args.n, group_count(args.k, args.group_size)),
      scales(isa, args.n, group_count(args.k, args.group_size)) {}

}  // namespace qutlass::cpu
