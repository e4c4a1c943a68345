#include "cpu/prepacked_int8.h"

#include <algorithm>
#include <cstring>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
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

// Those that weights are to be kept in, or null.
const KeptInt8Panels* kept_panels() { return configuration().isa->int8.kept; }

}  // namespace

PrepackedInt8::PrepackedInt8(const Isa& isa, int64_t n, int64_t words)
    : isa_name_(isa.name),
      kept_(*isa.int8.kept),
      n_(n),
      words_(words),
      columns_(kept_.panels->columns),
      stretch_words_(std::min(words, kept_.panels->elements / kInt8PerWord)),
      stretches_(words == 0 ? 0 : divide_up(words, stretch_words_)),
      stretch_size_((kept_.head_words + round_up(stretch_words_, kept_.step_words)) * columns_),
      panels_(divide_up(n, columns_)),
      panel_size_(columns_ + stretches_ * stretch_size_) {}

PrepackedInt8Header PrepackedInt8::header() const {
  PrepackedInt8Header header{};
  std::strncpy(header.format, "qutlass int8 1", sizeof header.format - 1);
  std::strncpy(header.isa, isa_name_, sizeof header.isa - 1);
  header.n = n_;
  header.words = words_;
  return header;
}

bool PrepackedInt8::is_at(const int32_t* prepacked) const {
  const PrepackedInt8Header expected = header();
  return std::memcmp(prepacked, &expected, sizeof expected) == 0;
}

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
  std::fill_n(prepacked, kHeaderWords, 0);
  const PrepackedInt8Header own = header();
  std::memcpy(prepacked, &own, sizeof own);
  parallel_for(panels_, n_ * words_, [&](int64_t index) {
    pack_panel(w, index, prepacked + kHeaderWords + index * panel_size_);
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

int64_t prepacked_int8_size(int64_t n, int64_t words) {
  return kept_panels() ? PrepackedInt8(*configuration().isa, n, words).size() : 0;
}

std::optional<PrepackedShape> prepacked_int8_shape(const int32_t* prepacked, int64_t size) {
  PrepackedInt8Header header;
  if (!kept_panels() || size * sizeof(int32_t) < sizeof header) return std::nullopt;
  std::memcpy(&header, prepacked, sizeof header);
  const PrepackedShape shape = {header.n, header.words};
  if (shape.n < 0 || shape.words < 0 || shape.n > size || shape.words > size) return std::nullopt;
  const PrepackedInt8 weights(*configuration().isa, shape.n, shape.words);
  if (weights.size() != size || !weights.is_at(prepacked)) return std::nullopt;
  return shape;
}

const char* prepack_int8(const PrepackInt8Args& args) {
  if (const char* error = configuration_error()) return error;
  if (!kept_panels()) return nullptr;
  PrepackedInt8(*configuration().isa, args.n, args.words).pack(args.w, args.prepacked);
  return nullptr;
}

const char* unprepack_int8(const UnprepackInt8Args& args) {
  if (const char* error = configuration_error()) return error;
  PrepackedInt8(*configuration().isa, args.n, args.words).unpack(args.prepacked, args.w);
  return nullptr;
}

}  // namespace qutlass::cpu
