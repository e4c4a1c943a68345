// The panels in which int8 weights are kept with AVX2: for isa_avx2.cc alone (see isa.h).
//
// They are those of groups (isa_avx2_int8_panel.h). Rows that do not suit these are multiplied
// as those of few rows are (isa_avx2.cc), by the magnitudes of activations: a word of a prepared
// row is these, and a mask that makes the weight b, or ~b for a negative activation, of b + 128.
#pragma once

#include "cpu/isa_avx2_int8_panel.h"

namespace qutlass::cpu {
namespace {

constexpr int kSignedWord = 2;

int32_t prepare_int8_signed(const int32_t* row, int64_t words, void* prepared) {
  int32_t* out = static_cast<int32_t*>(prepared);
  __m256i excess = _mm256_setzero_si256();
  for (int64_t word = 0; word < words;
       word += Vector::kLanes, out += kSignedWord * Vector::kLanes) {
    const __m256i values = load_words(row + word, words - word);
    const __m256i magnitudes = _mm256_abs_epi8(values);
    const __m256i signs = _mm256_cmpgt_epi8(_mm256_setzero_si256(), values);
    excess = add_widened(excess, sums_of_halves(_mm256_and_si256(values, signs)));
    const __m256i masks = _mm256_xor_si256(signs, _mm256_set1_epi8(-128));
    // Of four words in either half, the first two, then the others.
    const __m256i low = _mm256_unpacklo_epi32(magnitudes, masks);
    const __m256i high = _mm256_unpackhi_epi32(magnitudes, masks);
    Vector::store(out, _mm256_permute2x128_si256(low, high, 0x20));
    Vector::store(out + Vector::kLanes, _mm256_permute2x128_si256(low, high, 0x31));
  }
  return Vector::total(excess);
}

template <int kRows, Ahead kAhead>
[[gnu::always_inline]] inline void add_signed_panel(const void* const* a, const int32_t* panel,
                                                    int64_t words, int32_t* sums, int64_t stride) {
  panel += kPanelStep;
  __m256i totals[kRows][kPanelVectors];
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int32_t*>(a[i]);
    for (int v = 0; v < kPanelVectors; ++v) totals[i][v] = _mm256_setzero_si256();
  }
  for (int64_t word = 0; word < words; ++word, panel += kPanelStep) {
    if (kAhead == Ahead::kPanel) prefetch_panel_words<1>(panel);
    for (int i = 0; i < kRows; ++i) {
      const __m256i magnitudes = Vector::broadcast(rows[i][kSignedWord * word]);
      const __m256i mask = Vector::broadcast(rows[i][kSignedWord * word + 1]);
      for (int v = 0; v < kPanelVectors; ++v) {
        const __m256i weights = _mm256_xor_si256(Vector::load(panel + v * Vector::kLanes), mask);
        totals[i][v] = add_widened(totals[i][v], _mm256_maddubs_epi16(magnitudes, weights));
      }
    }
  }
  add_to_sums<Vector>(totals, sums, stride);
}

template <int kRows>
void int8_signed_panel_tile(const void* const* a, const int32_t* panel, int64_t words,
                            int32_t* sums, int64_t stride) {
  add_signed_panel<kRows, Ahead::kNothing>(a, panel, words, sums, stride);
}

template <int kRows>
void int8_asking_signed_panel_tile(const void* const* a, const int32_t* panel, int64_t words,
                                   int32_t* sums, int64_t stride, const int32_t* const*) {
  add_signed_panel<kRows, Ahead::kPanel>(a, panel, words, sums, stride);
}

constexpr Int8Panels kInt8SignedPanels = {
    4,
    1,
    kPanelStep,
    kPanelElements,
    {Vector::kLanes * kInt8PerWord,
     kSignedWord* Vector::kLanes* static_cast<int64_t>(sizeof(int32_t)), 0, prepare_int8_signed},
    pack_int8_group_panel,
    {int8_signed_panel_tile<1>, int8_signed_panel_tile<2>, int8_signed_panel_tile<3>,
     int8_signed_panel_tile<4>},
    {int8_asking_signed_panel_tile<1>, int8_asking_signed_panel_tile<2>,
     int8_asking_signed_panel_tile<3>, int8_asking_signed_panel_tile<4>}};

constexpr Int8Panels kInt8KeptGroupPanels = int8_group_panels<Ahead::kPanel>(1, &kInt8SignedPanels);
constexpr KeptInt8Panels kKeptInt8Panels = {&kInt8KeptGroupPanels, 1, Vector::kLanes};

}  // namespace
}  // namespace qutlass::cpu
