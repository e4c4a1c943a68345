// The int4 product of many rows, as in isa_int4_panel.h, of an instruction set that multiplies
// unsigned by signed bytes: for isa_*.cc alone (see isa.h).
//
// Weights q - zero are signed bytes: a word makes two steps of kVectors vectors, even nibbles and
// odd ones. The 16-bit integers of activations come with both their bytes unsigned, 128 added to
// each. A block's sum is that of the high bytes, shifted, and of the low ones; what those 128s add
// to it is taken off by the block's correction, which a panel has before the block's steps. Where
// activations are int8 there are no high bytes.
//
// V is the type of isa_int4_word_panel.h, which here has subtract_8(a, b) of bytes too. V8 has
//   Sums                    a vector of partial sums, which may be narrow
//   kMostSums               steps that may be added to it
//   begun(total)            the sums to which such steps are added
//   ended(total, sums)      their total, in 32 bits
//   multiply_add(sums, weights, activations)
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int4_panel.h"

namespace qutlass::cpu {
namespace {

constexpr int kByteBits = 8;
constexpr int kParities = 2;
constexpr int kHighPart = 2, kLowPart = 0;

// What 128 times the weights makes of a block's sums, for activations of so many parts: in a high
// byte it counts 256 times.
template <typename V, int kParts>
[[gnu::always_inline]] inline typename V::Int correction_of(typename V::Int excess) {
  if (kParts == BlockIntegers::kParts) excess = V::add(excess, V::shift_left(excess, kByteBits));
  return V::subtract_32(V::zero_int(), excess);
}

// One vector of a panel's columns.
template <typename V, typename V8, int kVectors, int kParts, typename Columns>
void pack_int4_byte_columns(const Columns& from, int64_t words, int64_t group_words, int32_t* panel,
                            float* scales) {
  constexpr int kStep = kVectors * V::kLanes;
  const typename V::Int both_128 = V::broadcast(static_cast<int32_t>(0x80808080u));
  int64_t group = 0, left_in_group = 0, left_in_block = 0;
  typename V::Int zeros = V::zero_int(), excess = V::zero_int();
  int32_t* correction = panel;
  for (int64_t word = 0; word < words; word += V::kLanes) {
    typename V::Int columns[V::kLanes];
    from.load(word, words - word, columns);
    for (int i = 0; i < V::kLanes && word + i < words; ++i) {
      if (left_in_group == 0) {
        zeros = from.zeros(group, 0x01010101);
        V::store(scales, from.scales(group));
        scales += kStep;
        ++group;
        left_in_group = group_words;
      }
      if (left_in_block == 0) {
        left_in_block = panel_block_words(left_in_group, words - word - i);
        correction = panel;
        excess = V::zero_int();
        panel += kStep;
      }
      const typename V::Int even = V::subtract_8(V::low_nibbles(columns[i]), zeros);
      const typename V::Int odd = V::subtract_8(V::high_nibbles(columns[i]), zeros);
      excess = V8::ended(
          excess,
          V8::multiply_add(V8::multiply_add(V8::begun(excess), even, both_128), odd, both_128));
      V::store(panel, even);
      V::store(panel + kStep, odd);
      panel += kParities * kStep;
      --left_in_group;
      if (--left_in_block > 0) continue;
      V::store(correction, correction_of<V, kParts>(excess));
    }
  }
}

template <typename V, typename V8, int kVectors, int kParts>
void pack_int4_byte_panel(const Int4Row* rows, int64_t first_word, int64_t words,
                          int64_t group_words, int32_t* panel, float* scales) {
  pack_from_rows<V, kVectors>(
      rows, first_word, group_words, panel, scales, [=](const auto& from, int32_t* to, float* of) {
        pack_int4_byte_columns<V, V8, kVectors, kParts>(from, words, group_words, to, of);
      });
}

template <typename V, typename V8, int kVectors, int kParts>
void pack_int4_byte_panel_of_words(const Int4WordPanel& words_panel, int64_t words,
                                   int64_t group_words, int32_t* panel, float* scales) {
  pack_from_words<V, kVectors>(
      words_panel, panel, scales, [=](const auto& from, int32_t* to, float* of) {
        pack_int4_byte_columns<V, V8, kVectors, kParts>(from, words, group_words, to, of);
      });
}

// Adds the products of so many steps, those of the parts of x from `part` on.
template <typename V, typename V8, int kParts, int kVectors, int kRows>
[[gnu::always_inline]] inline void add_byte_steps(const int32_t* const* rows, int64_t part,
                                                  const int32_t* panel, int64_t steps,
                                                  typename V::Int (&tile)[kRows][kVectors]) {
  typename V8::Sums sums[kRows][kVectors];
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) sums[i][v] = V8::begun(tile[i][v]);
  }
  for (int64_t step = 0; step < steps; step += kParities, part += kParts) {
    for (int is_odd = 0; is_odd < kParities; ++is_odd, panel += kVectors * V::kLanes) {
      typename V::Int columns[kVectors];
      for (int v = 0; v < kVectors; ++v) columns[v] = V::load_words(panel + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        const typename V::Int row = V::broadcast(rows[i][part + is_odd]);
        for (int v = 0; v < kVectors; ++v) {
          sums[i][v] = V8::multiply_add(sums[i][v], columns[v], row);
        }
      }
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) tile[i][v] = V8::ended(tile[i][v], sums[i][v]);
  }
}

// The same for one kind of bytes of a block of words.
template <typename V, typename V8, int kParts, int kPart, int kVectors, int kRows>
[[gnu::always_inline]] inline void add_bytes(const int32_t* const* rows, const int32_t* panel,
                                             int64_t words,
                                             typename V::Int (&tile)[kRows][kVectors]) {
  const int64_t steps = words * kParities;
  int64_t step = 0;
  for (; step + V8::kMostSums <= steps; step += V8::kMostSums) {
    add_byte_steps<V, V8, kParts>(rows, step / kParities * kParts + kPart,
                                  panel + step * kVectors * V::kLanes, V8::kMostSums, tile);
  }
  if (step < steps) {
    add_byte_steps<V, V8, kParts>(rows, step / kParities * kParts + kPart,
                                  panel + step * kVectors * V::kLanes, steps - step, tile);
  }
}

template <typename V, typename V8, int kVectors, int kParts, int kRows>
void int4_byte_panel_tile(const BlockFloats& x, const int32_t* panel, const float* scales,
                          int64_t words, int64_t group_words, const Int4PanelSums& sums) {
  constexpr int kStep = kVectors * V::kLanes;
  constexpr bool kHasHighBytes = kParts == BlockIntegers::kParts;
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) rows[i] = x.values + i * x.row_values;
  int64_t left_in_group = group_words;
  for (int64_t word = 0, block = 0; word < words; ++block) {
    const int64_t block_words = panel_block_words(left_in_group, words - word);
    const int32_t* steps = panel + kStep;
    typename V::Int tile[kRows][kVectors];
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) tile[i][v] = V::zero_int();
    }
    if (kHasHighBytes) add_bytes<V, V8, kParts, kHighPart>(rows, steps, block_words, tile);
    for (int v = 0; v < kVectors; ++v) {
      const typename V::Int correction = V::load_words(panel + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        if (kHasHighBytes) tile[i][v] = V::shift_left(tile[i][v], kByteBits);
        tile[i][v] = V::add(tile[i][v], correction);
      }
    }
    add_bytes<V, V8, kParts, kLowPart>(rows, steps, block_words, tile);
    end_block<V, kHasHighBytes>(tile, x, block, scales, sums);
    for (int i = 0; i < kRows; ++i) rows[i] += block_words * kParts;
    panel = steps + block_words * kParities * kStep;
    word += block_words;
    left_in_group -= block_words;
    if (left_in_group == 0) {
      left_in_group = group_words;
      scales += kStep;
    }
  }
}

}  // namespace
}  // namespace qutlass::cpu
