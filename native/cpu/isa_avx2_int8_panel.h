// The int8 product of many rows with AVX2: for isa_avx2.cc alone (see isa.h).
//
// vpmaddubsw multiplies unsigned by signed bytes and adds up two products in 16 bits, of which
// vpmaddwd makes 32. It takes fewer instructions to widen sums of more products than two; but
// neither may the first addition saturate, nor the sum be beyond 16 bits in the end. (On the way it
// may wrap around.) Rows are made such that this never happens, and what that takes off them is
// multiplied by itself.
//
// Weights have 128 added. A word of a row is two halves of two elements each. One addition's
// products, of a half, are -32640 to 32640 together, unless both elements have one sign and are
// together beyond 128. Sums of one half of four words, a *group*, are those of the elements times
// the weights, once 128 times the sum of the elements has been taken off: by Cauchy and Schwarz at
// most the root of what the squares of either side add up to, multiplied. With panels whose squares
// are too many, half groups are widened, where the magnitudes of four elements are what counts.
//
// What elements have beyond these limits is their row's *rest*. Where values are normally
// distributed few words have one; these are listed. Rows with long lists are multiplied otherwise
// (isa_int8_paired_panel.h).
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_avx2_table.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int8_paired_panel.h"

namespace qutlass::cpu {
namespace {

constexpr int kGroupWords = 4;
constexpr int kPanelVectors = 2;
constexpr int kPanelStep = kPanelVectors * Vector::kLanes;  // the words of a panel's columns

// What elements of a prepared row may be.
constexpr int kMostOfHalf = 128;         // together, of one sign
constexpr int kMostOfHalfGroup = 255;    // their magnitudes together: times 128, that fits 16 bits
constexpr int kMostSquares = 140 * 140;  // of a group, together
// To what magnitude the first two are cut.
constexpr int kCutHalf = kMostOfHalf / 2;
constexpr int kCutHalfGroup = kMostOfHalfGroup / 4;
static_assert(kMostOfHalfGroup * 128 <= INT16_MAX);

// The squares of a panel's group for which no sum is beyond 16 bits.
constexpr int kMostPanelSquares = INT16_MAX * INT16_MAX / kMostSquares;
static_assert(kMostPanelSquares < UINT16_MAX);

// A prepared row begins with how many words are listed, or -1. Of a group, it has the words, and
// what takes the added 128s off the sums of the group's halves, and off those of its first two
// words. The list is at the end: the index of a word, and its rest.
constexpr int kPreparedGroup = kGroupWords + 2;
constexpr int kListedWord = 2;

constexpr int64_t groups_of(int64_t words) { return (words + kGroupWords - 1) / kGroupWords; }

constexpr int kSwapWords = 0xb1, kSwapPairsOfWords = 0x4e;  // for _mm256_shuffle_epi32

// Both 16-bit sums of the elements of every half.
inline __m256i sums_of_halves(__m256i bytes) {
  return _mm256_maddubs_epi16(_mm256_set1_epi8(1), bytes);
}

// Likewise of their squares, as unsigned 16 bits; where an element is -128, that or more, for the
// instruction takes the second 128 for -128 again.
inline __m256i squares_of(__m256i bytes) {
  const __m256i magnitudes = _mm256_abs_epi8(bytes);
  return _mm256_maddubs_epi16(magnitudes, magnitudes);
}

// `bytes`, of magnitude `most` where the mask is not 0.
inline __m256i cut(__m256i bytes, __m256i mask, int most) {
  const __m256i limit = _mm256_set1_epi8(static_cast<char>(most));
  const __m256i lowest = _mm256_set1_epi8(static_cast<char>(-most));
  return _mm256_blendv_epi8(bytes, _mm256_max_epi8(_mm256_min_epi8(bytes, limit), lowest), mask);
}

// What one vpmaddubsw may take of some words.
inline __m256i cut_halves(__m256i values) {
  const __m256i sums = _mm256_abs_epi16(sums_of_halves(values));
  return cut(values, _mm256_cmpgt_epi16(sums, _mm256_set1_epi16(kMostOfHalf)), kCutHalf);
}

inline __m256i greatest_of_group(__m256i v) {
  v = _mm256_max_epu16(v, _mm256_shuffle_epi32(v, kSwapWords));
  return _mm256_max_epu16(v, _mm256_shuffle_epi32(v, kSwapPairsOfWords));
}

// All ones in the halves of groups whose squares are not too many.
inline __m256i within_squares(__m256i squares) {
  __m256i sums = _mm256_adds_epu16(squares, _mm256_shuffle_epi32(squares, kSwapWords));
  sums = _mm256_adds_epu16(sums, _mm256_shuffle_epi32(sums, kSwapPairsOfWords));
  return _mm256_cmpeq_epi16(_mm256_subs_epu16(sums, _mm256_set1_epi16(kMostSquares)),
                            _mm256_setzero_si256());
}

// What two groups of a row may keep.
inline __m256i within_limits(__m256i values) {
  __m256i kept = cut_halves(values);

  const __m256i magnitudes = _mm256_maddubs_epi16(_mm256_abs_epi8(kept), _mm256_set1_epi8(1));
  const __m256i half_groups =
      _mm256_add_epi16(magnitudes, _mm256_shuffle_epi32(magnitudes, kSwapWords));
  kept = cut(kept, _mm256_cmpgt_epi16(half_groups, _mm256_set1_epi16(kMostOfHalfGroup)),
             kCutHalfGroup);

  // Mostly it is enough to keep nothing of one half of a word.
  const __m256i squares = squares_of(kept);
  const __m256i greatest = _mm256_cmpeq_epi16(squares, greatest_of_group(squares));
  kept = _mm256_blendv_epi8(_mm256_andnot_si256(greatest, kept), kept, within_squares(squares));
  return _mm256_and_si256(kept, within_squares(squares_of(kept)));
}

inline void store_group(int32_t* out, __m128i words, __m128i offsets) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), words);
  _mm_storel_epi64(reinterpret_cast<__m128i*>(out + kGroupWords), offsets);
}

// Two groups of a prepared row, or the last one.
inline void store_groups(int32_t* out, __m256i values, bool has_both) {
  const __m256i sums = sums_of_halves(values);
  const __m256i half_groups = _mm256_add_epi16(sums, _mm256_shuffle_epi32(sums, kSwapWords));
  const __m256i groups =
      _mm256_add_epi16(half_groups, _mm256_shuffle_epi32(half_groups, kSwapPairsOfWords));
  const __m256i offsets = _mm256_sub_epi16(
      _mm256_setzero_si256(), _mm256_slli_epi16(_mm256_unpacklo_epi32(groups, half_groups), 7));
  store_group(out, _mm256_castsi256_si128(values), _mm256_castsi256_si128(offsets));
  if (!has_both) return;
  store_group(out + kPreparedGroup, _mm256_extracti128_si256(values, 1),
              _mm256_extracti128_si256(offsets, 1));
}

inline __m256i load_words(const int32_t* row, int64_t left) {
  return left >= Vector::kLanes ? Vector::load(row) : Vector::load_first(row, left);
}

inline unsigned nonzero_words(__m256i words) {
  const __m256i zeros = _mm256_cmpeq_epi32(words, _mm256_setzero_si256());
  return 0xffu & ~static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(zeros)));
}

// The words of a row that have a rest.
struct RestList {
  int32_t* entries;
  int64_t most;
  int64_t count = 0;
  __m256i sums = _mm256_setzero_si256();

  // Lists what is not 0, if there is room.
  [[gnu::always_inline]] bool append(__m256i rest, int64_t first_word) {
    // As two entries where one vpmaddubsw cannot take all of it.
    for (unsigned words; (words = nonzero_words(rest)) != 0;) {
      if (count + __builtin_popcount(words) > most) return false;
      const __m256i listed = cut_halves(rest);
      alignas(32) int32_t bytes[Vector::kLanes];
      Vector::store(bytes, listed);
      for (; words != 0; words &= words - 1, ++count) {
        const int lane = __builtin_ctz(words);
        entries[kListedWord * count] = static_cast<int32_t>(first_word + lane);
        entries[kListedWord * count + 1] = bytes[lane];
      }
      sums =
          _mm256_add_epi32(sums, _mm256_madd_epi16(sums_of_halves(listed), _mm256_set1_epi16(1)));
      rest = _mm256_sub_epi8(rest, listed);
    }
    return true;
  }
  // What the added 128s make of its products.
  int32_t excess() const { return Vector::total(_mm256_slli_epi32(sums, 7)); }
};

int32_t prepare_int8_groups(const int32_t* row, int64_t words, void* prepared) {
  int32_t* const listed = static_cast<int32_t*>(prepared);
  int32_t* out = listed + 1;
  RestList list{out + groups_of(words) * kPreparedGroup, words};
  *listed = -1;
  for (int64_t word = 0; word < words; word += Vector::kLanes, out += 2 * kPreparedGroup) {
    const __m256i values = load_words(row + word, words - word);
    const __m256i kept = within_limits(values);
    store_groups(out, kept, words - word > kGroupWords);
    if (!list.append(_mm256_sub_epi8(values, kept), word)) return 0;
  }
  *listed = static_cast<int32_t>(list.count);
  return list.excess();
}

int64_t listed_words(const void* prepared) { return *static_cast<const int32_t*>(prepared); }

// One vector of a panel's columns; `squares` becomes the most of any group.
[[gnu::always_inline]] inline void pack_int8_columns(const int32_t* const* columns, int64_t first,
                                                     int64_t end, int32_t* panel,
                                                     __m256i& squares) {
  for (int64_t word = first; word < end; word += Vector::kLanes) {
    __m256i words[Vector::kLanes];
    for (int lane = 0; lane < Vector::kLanes; ++lane) {
      words[lane] = load_words(columns[lane] + word, end - word);
    }
    Vector::transpose(words);
    int32_t* out = panel + word * kPanelStep;
    for (int group = 0; group < Vector::kLanes; group += kGroupWords) {
      __m256i sums = _mm256_setzero_si256();
      for (int i = group; i < group + kGroupWords; ++i, out += kPanelStep) {
        sums = _mm256_adds_epu16(sums, squares_of(words[i]));
        Vector::store(out, _mm256_xor_si256(words[i], _mm256_set1_epi8(-128)));
      }
      squares = _mm256_max_epu16(squares, sums);
    }
  }
}

// Cache line by cache line, as pack_int8_panel. A panel begins with a step whose first word is
// whether groups may be widened as a whole.
void pack_int8_group_panel(const int32_t* const* columns, int64_t words, int32_t* panel) {
  __m256i squares = _mm256_setzero_si256();
  for (int64_t line = 0; line < words; line += kLineWords) {
    const int64_t end = words - line < kLineWords ? words : line + kLineWords;
    for (int v = 0; v < kPanelVectors; ++v) {
      pack_int8_columns(columns + v * Vector::kLanes, line, end,
                        panel + kPanelStep + v * Vector::kLanes, squares);
    }
  }
  const __m256i beyond =
      _mm256_subs_epu16(squares, _mm256_set1_epi16(static_cast<short>(kMostPanelSquares)));
  panel[0] = _mm256_testz_si256(beyond, beyond);
}

[[gnu::always_inline]] inline __m256i add_products(__m256i sums, __m256i weights, int32_t word) {
  return in_register(
      _mm256_add_epi16(sums, _mm256_maddubs_epi16(weights, Vector::broadcast(word))));
}

[[gnu::always_inline]] inline __m256i add_widened(__m256i totals, __m256i sums) {
  return add_in_place(totals, _mm256_madd_epi16(sums, _mm256_set1_epi16(1)));
}

// What a tile asks for meanwhile: nothing; the columns of another panel, of which a group of
// kColumnsAhead is a cache line, one with each group; or what comes some way on from this panel's.
enum class Ahead { kNothing, kColumns, kPanel };
constexpr int64_t kPanelWordsAhead = 1024;

// As many as some words of a panel's columns.
template <int kWords>
[[gnu::always_inline]] inline void prefetch_panel_words(const int32_t* panel) {
  for (int64_t i = 0; i < kWords * kPanelStep; i += kLineWords) {
    __builtin_prefetch(panel + kPanelWordsAhead + i);
  }
}

// Adds the products of what rows kept, widening after kWords words.
template <int kRows, int kWords, Ahead kAhead>
[[gnu::noinline]] void add_groups(const void* const* a, const int32_t* panel, int64_t groups,
                                  int32_t* sums, int64_t stride, const int32_t* const* ahead) {
  static_assert(kColumnsAhead * kGroupWords == kLineWords);
  constexpr int kForReading = 0, kSecondLevel = 2;
  __m256i totals[kRows][kPanelVectors];
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int32_t*>(a[i]) + 1;
    for (int v = 0; v < kPanelVectors; ++v) totals[i][v] = _mm256_setzero_si256();
  }
  for (int64_t group = 0; group < groups; ++group) {
    if (kAhead == Ahead::kColumns) {
      __builtin_prefetch(ahead[group % kColumnsAhead] + group / kColumnsAhead * kLineWords,
                         kForReading, kSecondLevel);
    }
    if (kAhead == Ahead::kPanel) prefetch_panel_words<kGroupWords>(panel);
    for (int first = 0; first < kGroupWords; first += kWords) {
      __m256i tile[kRows][kPanelVectors];
      for (int i = 0; i < kRows; ++i) {
        const int32_t* offsets = rows[i] + kGroupWords;
        const __m256i all = Vector::broadcast(offsets[0]),
                      first_two = Vector::broadcast(offsets[1]);
        tile[i][0] = kWords == kGroupWords ? all
                     : first == 0          ? first_two
                                           : _mm256_sub_epi16(all, first_two);
        for (int v = 1; v < kPanelVectors; ++v) tile[i][v] = tile[i][0];
      }
      for (int word = first; word < first + kWords; ++word, panel += kPanelStep) {
        __m256i weights[kPanelVectors];
        for (int v = 0; v < kPanelVectors; ++v) {
          weights[v] = in_register(Vector::load(panel + v * Vector::kLanes));
        }
        for (int i = 0; i < kRows; ++i) {
          for (int v = 0; v < kPanelVectors; ++v) {
            tile[i][v] = add_products(tile[i][v], weights[v], rows[i][word]);
          }
        }
      }
      for (int i = 0; i < kRows; ++i) {
        for (int v = 0; v < kPanelVectors; ++v)
          totals[i][v] = add_widened(totals[i][v], tile[i][v]);
      }
    }
    for (int i = 0; i < kRows; ++i) rows[i] += kPreparedGroup;
  }
  add_to_sums<Vector>(totals, sums, stride);
}

// Adds the products of the words on a row's list.
inline void add_listed(const int32_t* list, int64_t count, const int32_t* panel, int32_t* sums) {
  __m256i totals[kPanelVectors];
  for (int v = 0; v < kPanelVectors; ++v) totals[v] = Vector::load(sums + v * Vector::kLanes);
  for (const int32_t* end = list + count * kListedWord; list < end; list += kListedWord) {
    const int32_t* weights = panel + int64_t{list[0]} * kPanelStep;
    const __m256i rest = Vector::broadcast(list[1]);
    for (int v = 0; v < kPanelVectors; ++v) {
      totals[v] = add_widened(
          totals[v], _mm256_maddubs_epi16(Vector::load(weights + v * Vector::kLanes), rest));
    }
  }
  for (int v = 0; v < kPanelVectors; ++v) Vector::store(sums + v * Vector::kLanes, totals[v]);
}

template <int kRows, Ahead kAhead>
[[gnu::always_inline]] inline void add_group_panel(const void* const* a, const int32_t* panel,
                                                   int64_t words, int32_t* sums, int64_t stride,
                                                   const int32_t* const* ahead) {
  const int32_t* const steps = panel + kPanelStep;
  const int64_t groups = groups_of(words);
  const auto add = panel[0] ? add_groups<kRows, kGroupWords, kAhead>
                            : add_groups<kRows, kGroupWords / 2, kAhead>;
  add(a, steps, groups, sums, stride, ahead);
  for (int i = 0; i < kRows; ++i) {
    const int32_t* row = static_cast<const int32_t*>(a[i]);
    if (*row > 0) add_listed(row + 1 + groups * kPreparedGroup, *row, steps, sums + i * stride);
  }
}

template <int kRows>
void int8_group_panel_tile(const void* const* a, const int32_t* panel, int64_t words, int32_t* sums,
                           int64_t stride) {
  add_group_panel<kRows, Ahead::kNothing>(a, panel, words, sums, stride, nullptr);
}

template <int kRows, Ahead kAhead>
void int8_asking_group_panel_tile(const void* const* a, const int32_t* panel, int64_t words,
                                  int32_t* sums, int64_t stride, const int32_t* const* ahead) {
  add_group_panel<kRows, kAhead>(a, panel, words, sums, stride, ahead);
}

constexpr Int8Panels kInt8PairedPanels = {
    4,
    32,
    kPanelStep,
    kPanelElements,
    {Vector::kLanes * kInt8PerWord, 2 * Vector::kLanes* kInt8PerWord, 0,
     prepare_int8_pairs<Int4Vector>},
    pack_int8_paired_panel<Int4Vector, kPanelVectors>,
    {int8_paired_panel_tile<Int4Vector, kPanelVectors, 1>,
     int8_paired_panel_tile<Int4Vector, kPanelVectors, 2>,
     int8_paired_panel_tile<Int4Vector, kPanelVectors, 3>,
     int8_paired_panel_tile<Int4Vector, kPanelVectors, 4>}};

template <Ahead kAhead>
constexpr Int8Panels int8_group_panels(int least_rows, const Int8Panels* otherwise) {
  return {4,
          least_rows,
          kPanelStep,
          kPanelElements,
          {kGroupWords * kInt8PerWord,
           (kPreparedGroup + kGroupWords * kListedWord) * static_cast<int64_t>(sizeof(int32_t)),
           sizeof(int32_t), prepare_int8_groups},
          pack_int8_group_panel,
          {int8_group_panel_tile<1>, int8_group_panel_tile<2>, int8_group_panel_tile<3>,
           int8_group_panel_tile<4>},
          {int8_asking_group_panel_tile<1, kAhead>, int8_asking_group_panel_tile<2, kAhead>,
           int8_asking_group_panel_tile<3, kAhead>, int8_asking_group_panel_tile<4, kAhead>},
          listed_words,
          4,
          otherwise};
}

constexpr Int8Panels kInt8GroupPanels = int8_group_panels<Ahead::kColumns>(12, &kInt8PairedPanels);

}  // namespace
}  // namespace qutlass::cpu
