// The int4 product of some rows of activations in block floating point (block_float.h) with some
// weight rows, over the vector type of an instruction set: for isa_*.cc alone (see isa.h).
//
// Weights are unpacked in registers and multiplied as integers. Nibble j of every 16-bit element of
// a vector of words is one vector of 16-bit integers, so a vector of words makes four of them.
//
// A vector type V has kLanes; Int and Float, vectors of as many 32-bit elements; and
//   load(words), load_first(words, count), load(floats)
//   nibbles<j>(words)          nibble j of each 16-bit element, as 16-bit integers
//   load_16(x), load_words(x)  16-bit integers, and pairs of them
//   dot(sums, a, b)            sums + the products of 16-bit integers, summed in pairs
//   zero(), zero_int(), to_float(v), multiply(a, b) of Int too, multiply_add(a, b, c) = a * b + c
//   spread<n>(p)               p[0 ... n - 1], each in one of n equal parts of the vector
//   gather(sums)               a vector of the same total, exact, in which what zero points take
//   off
//                              is in the lane that it is taken off from
//   total(v)
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int4_rows.h"

namespace qutlass::cpu {
namespace {

// Of a vector of words.
template <typename V>
struct GroupOperands {
  typename V::Float scale;
  typename V::Int zero;
};

// Of the kGroups groups from `group` on.
template <typename V, int kGroups>
[[gnu::always_inline]] inline GroupOperands<V> group_operands(const Int4Row& row, int64_t group) {
  static constexpr int32_t kMiddle[] = {8, 8, 8, 8};
  return {V::template spread<kGroups>(row.scales + group),
          V::template spread<kGroups>(row.zeros ? row.zeros + group : kMiddle)};
}

// The same for the last vector of a row, of whose groups there are `groups`.
template <typename V, int kGroups>
[[gnu::always_inline]] inline GroupOperands<V> last_group_operands(const Int4Row& row,
                                                                   int64_t group, int64_t groups) {
  float scales[kGroups] = {};
  int32_t zeros[kGroups] = {};
  for (int i = 0; i < kGroups && i < groups; ++i) {
    scales[i] = row.scales[group + i];
    zeros[i] = row.zeros ? row.zeros[group + i] : 8;
  }
  return {V::template spread<kGroups>(scales), V::template spread<kGroups>(zeros)};
}

// sums += x * q of nibble kNibble of the words of every column.
template <typename V, int kNibble, int kRows, int kColumns>
[[gnu::always_inline]] inline void add_nibbles(const int32_t* x, int64_t row_values,
                                               const typename V::Int* words,
                                               typename V::Int (&sums)[kRows][kColumns]) {
  typename V::Int w[kColumns];
  for (int j = 0; j < kColumns; ++j) w[j] = V::template nibbles<kNibble>(words[j]);
  for (int i = 0; i < kRows; ++i) {
    const typename V::Int row = V::load(x + i * row_values + kNibble * V::kLanes);
    for (int j = 0; j < kColumns; ++j) sums[i][j] = V::dot(sums[i][j], row, w[j]);
  }
}

// totals += scale * unit * sum of x * (q - zero) over a block; load(column, vector) gives words. A
// zero point counts once for all elements of a lane: sum of x * q, less zero * sum of x.
template <typename V, int kVectors, int kRows, int kColumns, typename Load>
[[gnu::always_inline]] inline void add_block(const BlockFloats& x, const GroupOperands<V>* groups,
                                             Load load,
                                             typename V::Float (&totals)[kRows][kColumns]) {
  typename V::Int sums[kRows][kColumns];
  for (int i = 0; i < kRows; ++i) {
    const typename V::Int negative_sum = V::load(x.negative_sums + i * x.row_sums);
    for (int j = 0; j < kColumns; ++j) sums[i][j] = V::multiply(negative_sum, groups[j].zero);
  }
  const int32_t* values = x.values;
  for (int v = 0; v < kVectors; ++v, values += V::kLanes * BlockIntegers::kParts) {
    typename V::Int words[kColumns];
    for (int j = 0; j < kColumns; ++j) words[j] = load(j, v);
    add_nibbles<V, 0>(values, x.row_values, words, sums);
    add_nibbles<V, 1>(values, x.row_values, words, sums);
    add_nibbles<V, 2>(values, x.row_values, words, sums);
    add_nibbles<V, 3>(values, x.row_values, words, sums);
  }
  for (int i = 0; i < kRows; ++i) {
    const typename V::Float unit = V::broadcast(x.units[i * x.row_units]);
    for (int j = 0; j < kColumns; ++j) {
      const typename V::Float products = V::multiply(V::to_float(V::gather(sums[i][j])), unit);
      totals[i][j] = V::multiply_add(products, groups[j].scale, totals[i][j]);
    }
  }
}

// The lanes of totals[i][j] add up to the product of row i of activations with rows[j].
template <typename V, int kVectors, int kGroups, int kRows, int kColumns>
[[gnu::always_inline]] inline void int4_dot_of_rows(const BlockFloats& x, const Int4Row* rows,
                                                    int64_t begin, int64_t end, int64_t group_words,
                                                    typename V::Float (&totals)[kRows][kColumns]) {
  constexpr int64_t kBlockWords = kVectors * V::kLanes;
  // Groups that share a vector are taken together, as one.
  const int64_t span = kGroups == 1 ? group_words : V::kLanes;
  const int64_t whole_end = end - (end - begin) % kBlockWords;
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) totals[i][j] = V::zero();
  }
  GroupOperands<V> groups[kColumns];
  BlockFloats block = x;
  int64_t word = begin, group = begin / span * kGroups, left_in_span = 0;
  for (; word < whole_end; word += kBlockWords, left_in_span -= kBlockWords) {
    if (left_in_span == 0) {
      for (int j = 0; j < kColumns; ++j) groups[j] = group_operands<V, kGroups>(rows[j], group);
      group += kGroups;
      left_in_span = word == begin ? span - begin % span : span;
    }
    add_block<V, kVectors>(
        block, groups,
        [&](int j, int v) __attribute__((always_inline)) {
          return V::load(rows[j].words + word + v * V::kLanes);
        },
        totals);
    block.values += kBlockWords * BlockIntegers::kParts;
    ++block.units;
    block.negative_sums += V::kLanes;
  }
  if (word < end) {
    const int64_t left = end - word, left_groups = (left + group_words - 1) / group_words;
    for (int j = 0; j < kColumns; ++j) {
      groups[j] = last_group_operands<V, kGroups>(rows[j], word / span * kGroups, left_groups);
    }
    add_block<V, kVectors>(
        block, groups,
        [&](int j, int v) __attribute__((always_inline)) {
          const int64_t first = v * V::kLanes;
          const int32_t* words = rows[j].words + word + first;
          if (left >= first + V::kLanes) return V::load(words);
          return left > first ? V::load_first(words, left - first) : V::zero_int();
        },
        totals);
  }
}

// A tile's columns are far from each other, so that each of them goes on with the next tile where
// it ends with this one: the processor then fetches ahead.
template <typename V, int kVectors, int kGroups, int kRows, int kColumns>
void int4_dot(const BlockFloats& x, const Int4Rows& weights, int64_t begin, int64_t end,
              int64_t group_words, float* sums, int64_t stride) {
  static_assert(kMaxInt4DotColumns % kColumns == 0);
  const int64_t tiles = (weights.count + kColumns - 1) / kColumns;
  for (int64_t tile = 0; tile < tiles; ++tile) {
    Int4Row rows[kColumns];
    for (int j = 0; j < kColumns; ++j) rows[j] = row_at(weights, tile + j * tiles);
    typename V::Float totals[kRows][kColumns];
    int4_dot_of_rows<V, kVectors, kGroups>(x, rows, begin, end, group_words, totals);
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kColumns; ++j) {
        sums[i * stride + tile + j * tiles] += V::total(totals[i][j]);
      }
    }
  }
}

// kWide columns with one row and with two, kNarrow columns with more: as registers allow.
template <typename V, int kVectors, int kGroups, int kNarrow, int kWide>
constexpr Int4Dots int4_dots() {
  return {Int4Order::kHalves,
          kVectors,
          kGroups,
          4,
          {int4_dot<V, kVectors, kGroups, 1, kWide>, int4_dot<V, kVectors, kGroups, 2, kWide>,
           int4_dot<V, kVectors, kGroups, 3, kNarrow>, int4_dot<V, kVectors, kGroups, 4, kNarrow>}};
}

}  // namespace
}  // namespace qutlass::cpu
