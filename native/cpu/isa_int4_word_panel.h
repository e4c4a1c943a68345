// The int4 product of panels of words, interleaved for the product or kept so (prepacked_int4.h),
// over the vector type of an instruction set that multiplies unsigned by signed bytes: for isa_*.cc
// alone (see isa.h).
//
// Every lane of a vector of words is a column of its own, so that nothing is added up across lanes,
// and scales and zero points are vectors too. Words become two vectors of unsigned bytes, even
// nibbles and odd ones, by a mask and a shift, in registers, where all rows of a tile share them.
// Few rows have sums of their own for odd elements: those take odd nibbles where they are in their
// bytes, 16 times as large, and are shifted when all words are added. The 16-bit integers of an
// activation (block_float.h) are split into bytes, x = 256 * high + low, both signed; activations
// that are int8 are such bytes as they come, without units. What zero points take off a block is
// what its sums begin with.
//
// V is the type of isa_int4_panel.h, which here has
//   low_nibbles(words), high_nibbles(words)   of every byte
//   high_nibbles_in_place(words)              of every byte, 16 times as large
//   multiply(a, b) of Int                     32 bits of each product
//   shift_right_signed<kBits>(a)              of Int
// too. V8 has
//   Sums                    a vector of partial sums, which may be narrow
//   kMostWords              words of weights whose products may be added to it
//   kSumsWanted             how many are to take turns, as adding to one takes time
//   kTakesAnyByte           whether its products are exact for nibbles that are 16 times as large
//   begun(total)            the sums to which such products are added
//   ended(total, sums)      their total, in 32 bits
//   multiply_add(sums, activations, nibbles)
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int4_panel.h"

namespace qutlass::cpu {
namespace {

constexpr int kNibbleBits = 4;

// Of K, ahead of which a row that is interleaved is asked for.
constexpr int64_t kInterleavedAhead = 64;

template <typename V, int kVectors>
void interleave_columns(const int32_t* const* columns, int64_t count, int32_t* to) {
  for (int v = 0; v < kVectors; ++v, columns += V::kLanes, to += V::kLanes) {
    for (int64_t i = 0; i < count; i += V::kLanes) {
      typename V::Int rows[V::kLanes];
      for (int lane = 0; lane < V::kLanes; ++lane) {
        const int32_t* from = columns[lane] + i;
        __builtin_prefetch(from + kInterleavedAhead);
        rows[lane] = count - i >= V::kLanes ? V::load(from) : V::load_first(from, count - i);
      }
      V::transpose(rows);
      for (int j = 0; j < V::kLanes && i + j < count; ++j) {
        V::store(to + (i + j) * kVectors * V::kLanes, rows[j]);
      }
    }
  }
}

// Adds the products of some words with kKinds kinds of bytes, the first of which are at `x`, to a
// tile for each kind.
template <typename V, typename V8, int kStep, int kParts, int kKinds, int kRows, int kVectors>
[[gnu::always_inline]] inline void add_some_words(const int32_t* x, int64_t row_values,
                                                  const int32_t* panel, int64_t words,
                                                  typename V::Int (*tile)[kRows][kVectors]) {
  constexpr int kOdd = kKinds * kRows * kVectors < V8::kSumsWanted ? 1 : 0;
  constexpr bool kInPlace = kOdd && V8::kTakesAnyByte;
  constexpr int kShift = kInPlace ? kNibbleBits : 0;
  typename V8::Sums sums[kOdd + 1][kKinds][kRows][kVectors];
  for (int kind = 0; kind < kKinds; ++kind) {
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        sums[kOdd][kind][i][v] = V8::begun(V::zero_int());
        sums[0][kind][i][v] = V8::begun(tile[kind][i][v]);
      }
    }
  }
  for (int64_t word = 0; word < words; ++word, x += kParts, panel += kStep) {
    typename V::Int even[kVectors], odd[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      const int32_t* const columns = panel + v * V::kLanes;
      if (v * V::kLanes % kLineWords == 0) __builtin_prefetch(columns + kKeptWordsAhead);
      const typename V::Int loaded = V::load_words(columns);
      even[v] = V::low_nibbles(loaded);
      odd[v] = kInPlace ? V::high_nibbles_in_place(loaded) : V::high_nibbles(loaded);
    }
    for (int i = 0; i < kRows; ++i) {
      for (int kind = 0; kind < kKinds; ++kind) {
        const int32_t* const parts = x + i * row_values + kind * BlockIntegers::kPartsOfBytes;
        const typename V::Int of_even = V::broadcast(parts[0]), of_odd = V::broadcast(parts[1]);
        for (int v = 0; v < kVectors; ++v) {
          sums[0][kind][i][v] = V8::multiply_add(sums[0][kind][i][v], of_even, even[v]);
          sums[kOdd][kind][i][v] = V8::multiply_add(sums[kOdd][kind][i][v], of_odd, odd[v]);
        }
      }
    }
  }
  for (int kind = 0; kind < kKinds; ++kind) {
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        tile[kind][i][v] = V8::ended(tile[kind][i][v], sums[0][kind][i][v]);
        if (kOdd == 0) continue;
        const typename V::Int of_odd = V8::ended(V::zero_int(), sums[kOdd][kind][i][v]);
        tile[kind][i][v] = V::add(tile[kind][i][v], V::template shift_right_signed<kShift>(of_odd));
      }
    }
  }
}

template <typename V, typename V8, int kStep, int kParts, int kKinds, int kRows, int kVectors>
[[gnu::always_inline]] inline void add_words(const int32_t* x, int64_t row_values,
                                             const int32_t* panel, int64_t words,
                                             typename V::Int (*tile)[kRows][kVectors]) {
  int64_t word = 0;
  for (; word + V8::kMostWords < words; word += V8::kMostWords) {
    add_some_words<V, V8, kStep, kParts, kKinds>(x + word * kParts, row_values,
                                                 panel + word * kStep, V8::kMostWords, tile);
  }
  add_some_words<V, V8, kStep, kParts, kKinds>(x + word * kParts, row_values, panel + word * kStep,
                                               words - word, tile);
}

// How the tile of so many rows is made: of so many vectors of a panel's columns after the other,
// and, kAtOnce, with both kinds of bytes of activations while a word is unpacked; else with one
// kind of a block, then the other. As registers allow.
template <int kRowsOfTile, int kVectors, bool kAtOnce>
struct WordTile {
  static constexpr int kRows = kRowsOfTile;
  static constexpr int kVectorsOfSlice = kVectors;
  static constexpr bool kHasKindsAtOnce = kAtOnce;
};

// A block of words with the columns of a slice of a panel, whose words have kColumns; `values` are
// those of the block.
template <typename V, typename V8, typename Form, int kColumns, int kParts>
[[gnu::always_inline]] inline void add_block_of_slice(const BlockFloats& x, const int32_t* values,
                                                      int64_t block, const int32_t* columns,
                                                      int64_t words, const Int4PanelGroups& group,
                                                      const Int4PanelSums& sums) {
  constexpr int kRows = Form::kRows, kVectors = Form::kVectorsOfSlice, kByteBits = 8;
  constexpr int kKinds = kParts / BlockIntegers::kPartsOfBytes;
  constexpr int kKindsAtOnce = Form::kHasKindsAtOnce ? kKinds : 1;
  typename V::Int tile[kKinds][kRows][kVectors];  // of low bytes, then of high ones
  for (int i = 0; i < kRows; ++i) {
    const typename V::Int sum = V::broadcast(x.negative_sums[i * x.row_sums + block]);
    for (int v = 0; v < kVectors; ++v) {
      tile[0][i][v] = group.zeros ? V::multiply(sum, V::load(group.zeros + v * V::kLanes)) : sum;
      for (int kind = 1; kind < kKinds; ++kind) tile[kind][i][v] = V::zero_int();
    }
  }
  for (int kind = 0; kind < kKinds; kind += kKindsAtOnce) {
    add_words<V, V8, kColumns, kParts, kKindsAtOnce>(values + kind * BlockIntegers::kPartsOfBytes,
                                                     x.row_values, columns, words, tile + kind);
  }
  for (int kind = 1; kind < kKinds; ++kind) {
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        tile[0][i][v] = V::add(tile[0][i][v], V::shift_left(tile[kind][i][v], kByteBits));
      }
    }
  }
  end_block<V, (kKinds > 1)>(tile[0], x, block, group.scales, sums);
}

template <int kColumns>
[[gnu::always_inline]] inline void next_group(Int4PanelGroups& group) {
  group.scales += kColumns;
  if (group.zeros) group.zeros += kColumns;
  for (int64_t column = 0; column < kColumns; column += kLineWords) {
    const int64_t ahead = kKeptGroupsAhead * kColumns + column;
    __builtin_prefetch(group.scales + ahead);
    if (group.zeros) __builtin_prefetch(group.zeros + ahead);
  }
}

template <typename V, typename V8, typename Form, int kColumns, int kParts>
void int4_word_tile(const BlockFloats& x, const Int4WordPanel& panel, int64_t words,
                    int64_t group_words, const Int4PanelSums& sums) {
  constexpr int kSliceColumns = Form::kVectorsOfSlice * V::kLanes;
  Int4PanelGroups group = panel.groups;
  const int32_t *values = x.values, *columns = panel.words;
  int64_t left_in_group = group_words;
  for (int64_t word = 0, block = 0; word < words; ++block) {
    const int64_t block_words = panel_block_words(left_in_group, words - word);
    for (int column = 0; column < kColumns; column += kSliceColumns) {
      add_block_of_slice<V, V8, Form, kColumns, kParts>(
          x, values, block, columns + column, block_words,
          {group.scales + column, group.zeros ? group.zeros + column : nullptr},
          {sums.sums + column, sums.magnitudes ? sums.magnitudes + column : nullptr, sums.stride});
    }
    values += block_words * kParts;
    columns += block_words * kColumns;
    word += block_words;
    left_in_group -= block_words;
    if (left_in_group == 0) {
      left_in_group = group_words;
      next_group<kColumns>(group);
    }
  }
}

// For activations of so many parts, with the tiles of 1, 2, ... rows.
template <typename V, typename V8, int kColumns, int kParts, typename... Forms>
constexpr Int4WordPanels int4_word_panels() {
  return {sizeof...(Forms),
          kColumns,
          interleave_columns<V, kColumns / V::kLanes>,
          {int4_word_tile<V, V8, Forms, kColumns, kParts>...}};
}

}  // namespace
}  // namespace qutlass::cpu
