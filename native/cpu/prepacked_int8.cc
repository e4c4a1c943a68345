#include "cpu/prepacked_int8.h"

#include <algorithm>

#include "cpu/parallel.h"
#include "cpu/rounding.h"

namespace qutlass::cpu {
namespace {

constexpr uint32_t kAdded128 = 0x80808080u;

int32_t sum_of(const int32_t* words, int64_t count) {
  const auto* bytes = reinterpret_cast<const int8_t*>(words);
  int32_t sum = 0;
  for (int64_t i = 0; i < count * kInt8PerWord; ++i) sum += bytes[i];
  return sum;
}

}  // namespace

PrepackedInt8::PrepackedInt8(const Isa& isa, int64_t n, int64_t words)
    : kept_(*isa.int8.kept),
      n_(n),
      words_(words),
      columns_(kept_.panels->columns),
      stretch_words_(std::min(words, kept_.panels->elements / kInt8PerWord)),
      stretches_(words == 0 ? 0 : divide_up(words, stretch_words_)),
      stretch_size_((kept_.head_words + round_up(stretch_words_, kept_.step_words)) * columns_),
      panels_(divide_up(n, columns_)),
      panel_size_(columns_ + stretches_ * stretch_size_) {}

int64_t PrepackedInt8::words_of(int64_t stretch) const {
  return std::min(words_ - stretch * stretch_words_, stretch_words_);
}

const int32_t* PrepackedInt8::sum(const int32_t* prepacked, int64_t column) const {
  return panel(prepacked, column / columns_) + column % columns_;
}

const int32_t* PrepackedInt8::stretch(const int32_t* prepacked, int64_t column,
                                      int64_t index) const {
  return panel(prepacked, column / columns_) + columns_ + index * stretch_size_;
}

int64_t PrepackedInt8::stretch_words() const { return stretch_words_; }

void PrepackedInt8::pack(const int32_t* w, int32_t* prepacked) const {
  parallel_for(panels_, n_ * words_, [&](int64_t index) {
    pack_panel(w, index, prepacked + kPrepackedHeaderWords + index * panel_size_);
  });
}

void PrepackedInt8::pack_panel(const int32_t* w, int64_t index, int32_t* panel) const {
  std::fill_n(panel, panel_size_, 0);
  const int32_t* rows[kMaxPanelColumns];
  for (int64_t j = 0; j < columns_; ++j) {
    // A panel that goes beyond the last row repeats it.
    rows[j] = w + std::min(index * columns_ + j, n_ - 1) * words_;
    panel[j] = sum_of(rows[j], words_);
  }
  for (int64_t stretch = 0; stretch < stretches_; ++stretch) {
    kept_.panels->pack(rows, words_of(stretch), panel + columns_ + stretch * stretch_size_);
    for (int64_t j = 0; j < columns_; ++j) rows[j] += words_of(stretch);
  }
}

void PrepackedInt8::unpack(const int32_t* prepacked, int32_t* w) const {
  parallel_for(panels_, n_ * words_,
               [&](int64_t index) { unpack_panel(panel(prepacked, index), index, w); });
}

void PrepackedInt8::unpack_panel(const int32_t* panel, int64_t index, int32_t* w) const {
  const int64_t first_row = index * columns_, rows = std::min(n_ - first_row, columns_);
  for (int64_t stretch = 0; stretch < stretches_; ++stretch) {
    const int32_t* step = panel + columns_ + stretch * stretch_size_ + kept_.head_words * columns_;
    int32_t* out = w + first_row * words_ + stretch * stretch_words_;
    for (int64_t word = 0; word < words_of(stretch); ++word, step += columns_) {
      for (int64_t j = 0; j < rows; ++j) {
        out[j * words_ + word] = static_cast<int32_t>(static_cast<uint32_t>(step[j]) ^ kAdded128);
      }
    }
  }
}

}  // namespace qutlass::cpu
