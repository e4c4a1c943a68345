// The int4 product of few rows of activations with a weight row, over the vector type of an
// instruction set that multiplies unsigned by signed bytes: for isa_*.cc alone (see isa.h).
//
// The 16-bit integers of an activation (block_float.h) are split into bytes, x = 256 * high + low,
// both signed, and a weight is an unsigned nibble. So words become two vectors of bytes by a mask
// and a shift, with nothing to widen, and a sum of eight products of two bytes, at most
// 8 * 15 * 128 each way, fits 16 bits. Activations that are int8 are such bytes as they come: a
// word has kParts vectors of them, four or two, and integers of one byte have no units.
//
// A run of words is four leaves of some vectors. Each leaf's sums are 32-bit lanes, of which every
// 128 bits, a part, are added up, so that a run leaves one vector: lane p * 4 + l has part p of
// leaf l, or, where leaves have several groups, the lanes are in the order of the groups. Then all
// that is done for a group is done for the whole vector: zero points, units, scales.
//
// A vector type V is as in isa_int4_dot.h, of 8 or 16 lanes, and has
//   low_nibbles(words), high_nibbles(words)   of every byte
//   leaf_sum<n, kParts>(even, odd, x)   products of n vectors of either nibbles with activations
//                                       at x
//   add_halves(a, b)      in every part, the sums of two elements of a, then those of b
//   add_quarters(ab, cd)  of two of those: the lanes above
//   in_group_order(v)     lane parts * l + p of that
//   add_four_totals(vectors, out)   what the lanes of each of four add up to
//   load_repeated(p), load_first_repeated(p, count)   four elements, or so many, in each part
//   load_doubled(p), load_first_doubled(p, count)     each element twice; only with four parts
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int4_rows.h"

namespace qutlass::cpu {
namespace {

constexpr int kLeaves = kInt4RunBlocks;
// Whose totals are added up together.
constexpr int kByteDotColumns = 4;
static_assert(kMaxInt4DotColumns % kByteDotColumns == 0);
// So far ahead words are asked for, a cache line at a time: a weight row is one stream, whose pages
// the processor does not foresee.
template <typename V>
constexpr int64_t kPrefetchWords = 64 * V::kLanes;
// How many groups a leaf has; kLong where a group is one leaf or more.
constexpr int kLong = 0;

// Of the lanes of a run.
template <typename V>
struct LaneOperands {
  typename V::Float scales;
  typename V::Int zeros;
};

// The sums of a leaf for every row.
template <typename V, int kParts, int kVectors, int kRows>
[[gnu::always_inline]] inline void leaf_sums(const int32_t* x, int64_t row_values,
                                             const int32_t* words, typename V::Int (&sums)[kRows]) {
  typename V::Int even[kVectors], odd[kVectors];
  for (int64_t line = 0; line < kVectors * V::kLanes; line += kLineWords) {
    __builtin_prefetch(words + line + kPrefetchWords<V>);
  }
  for (int v = 0; v < kVectors; ++v) {
    const typename V::Int loaded = V::load_words(words + v * V::kLanes);
    even[v] = V::low_nibbles(loaded);
    odd[v] = V::high_nibbles(loaded);
  }
  for (int i = 0; i < kRows; ++i) {
    sums[i] = V::template leaf_sum<kVectors, kParts>(
        even, odd, reinterpret_cast<const int8_t*>(x + i * row_values));
  }
}

// totals += scale * unit * sum of x * (q - zero) over the first kCount leaves of a run, of which
// words(leaf) gives the words.
template <typename V, int kParts, int kVectors, int kGroups, int kCount, int kRows, typename Words>
[[gnu::always_inline]] inline void add_run(const BlockFloats& x, Words words,
                                           const LaneOperands<V>& operands,
                                           typename V::Float (&totals)[kRows]) {
  typename V::Int leaves[kLeaves][kRows];
  for (int leaf = 0; leaf < kLeaves; ++leaf) {
    if (leaf < kCount) {
      leaf_sums<V, kParts, kVectors>(x.values + leaf * kVectors * V::kLanes * kParts, x.row_values,
                                     words(leaf), leaves[leaf]);
    } else {
      for (int i = 0; i < kRows; ++i) leaves[leaf][i] = V::zero_int();
    }
  }
  for (int i = 0; i < kRows; ++i) {
    typename V::Int sums = V::add_quarters(V::add_halves(leaves[0][i], leaves[1][i]),
                                           V::add_halves(leaves[2][i], leaves[3][i]));
    if (kGroups > 1) sums = V::in_group_order(sums);
    const typename V::Int of_zeros =
        V::multiply(V::load(x.negative_sums + i * x.row_sums), operands.zeros);
    typename V::Float products = V::to_float(V::add(sums, of_zeros));
    if (kParts == BlockIntegers::kParts) {
      products = V::multiply(products, V::load(x.units + i * x.row_units));
    }
    totals[i] = V::multiply_add(products, operands.scales, totals[i]);
  }
}

// Gives the operands of one run of a weight row after the other.
template <typename V, int kGroups, int64_t kLeafWords>
class RunOperands {
 public:
  static constexpr int kPartsOfRun = kGroups > 1 ? kGroups* kLeaves : kLeaves;
  static constexpr int64_t kRunWords = kLeaves * kLeafWords;
  // Of a part of a run that has one scale.
  static constexpr int64_t kPartWords = kRunWords / kPartsOfRun;

  RunOperands(const Int4Row& row, int64_t word, int64_t group_words)
      : row_(row),
        group_words_(group_words),
        group_(kGroups == kLong ? word / group_words : word / kPartWords),
        left_in_group_(kGroups == kLong ? group_words - word % group_words : 0) {}

  [[gnu::always_inline]] LaneOperands<V> next() {
    if (kGroups == kLong) return next_of_long(kPartsOfRun);
    const float* scales = row_.scales + group_;
    const int32_t* zeros = row_.zeros ? row_.zeros + group_ : kMiddle;
    group_ += kPartsOfRun;
    if constexpr (kPartsOfRun == V::kLanes) {
      return {V::load(scales), V::load(zeros)};
    } else if constexpr (kGroups == 2) {
      return {V::load_doubled(scales), V::load_doubled(zeros)};
    } else {
      return {V::load_repeated(scales), V::load_repeated(zeros)};
    }
  }

  // Those of the last run, which has fewer parts; the others are nothing.
  [[gnu::always_inline]] LaneOperands<V> last(int64_t parts) {
    if (kGroups == kLong) return next_of_long(parts);
    const float* scales = row_.scales + group_;
    const int32_t* zeros = row_.zeros ? row_.zeros + group_ : kMiddle;
    if constexpr (kPartsOfRun == V::kLanes) {
      return {V::load_first(scales, parts), V::load_first(zeros, parts)};
    } else if constexpr (kGroups == 2) {
      return {V::load_first_doubled(scales, parts), V::load_first_doubled(zeros, parts)};
    } else {
      return {V::load_first_repeated(scales, parts), V::load_first_repeated(zeros, parts)};
    }
  }

 private:
  static constexpr int32_t kMiddle[] = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8};

  [[gnu::always_inline]] LaneOperands<V> next_of_long(int64_t parts) {
    if (left_in_group_ < parts * kPartWords) return next_of_some(parts);
    const LaneOperands<V> operands = {V::broadcast(row_.scales[group_]),
                                      V::broadcast(row_.zeros ? row_.zeros[group_] : kMiddle[0])};
    left_in_group_ -= parts * kPartWords;
    if (left_in_group_ == 0) begin_next_group();
    return operands;
  }

  // Where a run has parts of more than one group.
  LaneOperands<V> next_of_some(int64_t parts) {
    float scales[kPartsOfRun] = {};
    int32_t zeros[kPartsOfRun] = {};
    for (int64_t i = 0; i < parts; ++i) {
      scales[i] = row_.scales[group_];
      zeros[i] = row_.zeros ? row_.zeros[group_] : kMiddle[0];
      left_in_group_ -= kPartWords;
      if (left_in_group_ <= 0) begin_next_group();
    }
    return {V::load_repeated(scales), V::load_repeated(zeros)};
  }

  void begin_next_group() {
    left_in_group_ = group_words_;
    ++group_;
  }

  const Int4Row& row_;
  const int64_t group_words_;
  int64_t group_, left_in_group_;
};

// The same for the last run of a row, which has `count` leaves: a known number of them stays in
// registers.
template <typename V, int kParts, int kVectors, int kGroups, int kRows, typename Words>
[[gnu::always_inline]] inline void add_last_run(const BlockFloats& x, int64_t count, Words words,
                                                const LaneOperands<V>& operands,
                                                typename V::Float (&totals)[kRows]) {
  static_assert(kLeaves == 4);
  switch (count) {
    case 1:
      return add_run<V, kParts, kVectors, kGroups, 1>(x, words, operands, totals);
    case 2:
      return add_run<V, kParts, kVectors, kGroups, 2>(x, words, operands, totals);
    case 3:
      return add_run<V, kParts, kVectors, kGroups, 3>(x, words, operands, totals);
    default:
      return add_run<V, kParts, kVectors, kGroups, 4>(x, words, operands, totals);
  }
}

// One weight row; the lanes of totals[i] add up to its product with row i of activations.
template <typename V, int kParts, int kVectors, int kGroups, int kRows>
[[gnu::always_inline]] inline void int4_byte_dot_of_row(const BlockFloats& x, const Int4Row& row,
                                                        int64_t begin, int64_t end,
                                                        int64_t group_words,
                                                        typename V::Float (&totals)[kRows]) {
  constexpr int64_t kLeafWords = kVectors * V::kLanes;
  using Operands = RunOperands<V, kGroups, kLeafWords>;
  Operands operands(row, begin, group_words);
  for (int i = 0; i < kRows; ++i) totals[i] = V::zero();
  BlockFloats run = x;
  int64_t word = begin;
  for (; word + Operands::kRunWords <= end; word += Operands::kRunWords) {
    add_run<V, kParts, kVectors, kGroups, kLeaves>(
        run,
        [&](int leaf)
            __attribute__((always_inline)) { return row.words + word + leaf * kLeafWords; },
        operands.next(), totals);
    run.values += Operands::kRunWords * kParts;
    run.units += V::kLanes;
    run.negative_sums += V::kLanes;
  }
  if (word < end) {
    const int64_t left = end - word, whole_leaves = left / kLeafWords;
    int32_t last[kLeafWords] = {};
    for (int64_t i = whole_leaves * kLeafWords; i < left; ++i) {
      last[i % kLeafWords] = row.words[word + i];
    }
    const int64_t parts = (left + Operands::kPartWords - 1) / Operands::kPartWords;
    add_last_run<V, kParts, kVectors, kGroups>(
        run, (left + kLeafWords - 1) / kLeafWords,
        [&](int leaf) __attribute__((always_inline)) {
          return leaf < whole_leaves ? row.words + word + leaf * kLeafWords : last;
        },
        operands.last(parts), totals);
  }
}

// Adds the products with all weight rows to sums[row * stride + weight row]; the lanes of totals[i]
// that dot(weight row, totals) makes add up to the one with row i of activations. A weight row
// takes all registers: they come one after the other.
template <typename V, int kRows, typename Dot>
[[gnu::always_inline]] inline void add_dots(const Int4Rows& weights, float* sums, int64_t stride,
                                            Dot dot) {
  for (int64_t column = 0; column < weights.count; column += kByteDotColumns) {
    typename V::Float columns[kRows][kByteDotColumns];
    for (int j = 0; j < kByteDotColumns; ++j) {
      typename V::Float totals[kRows];  // in registers, as `columns` are not
      dot(row_at(weights, column + j), totals);
      for (int i = 0; i < kRows; ++i) columns[i][j] = totals[i];
    }
    for (int i = 0; i < kRows; ++i) V::add_four_totals(columns[i], sums + i * stride + column);
  }
}

template <typename V, int kParts, int kVectors, int kGroups, int kRows>
void int4_byte_dot(const BlockFloats& x, const Int4Rows& weights, int64_t begin, int64_t end,
                   int64_t group_words, float* sums, int64_t stride) {
  add_dots<V, kRows>(
      weights, sums, stride,
      [&](const Int4Row& row, typename V::Float(&totals)[kRows]) __attribute__((always_inline)) {
        int4_byte_dot_of_row<V, kParts, kVectors, kGroups>(x, row, begin, end, group_words, totals);
      });
}

template <typename V, int kParts, int kVectors, int kRows>
void int4_byte_dot_of_blocks(const BlockFloats& x, const Int4Rows& weights, int64_t begin,
                             int64_t end, int64_t group_words, float* sums, int64_t stride) {
  const auto dot = group_words == kVectors * V::kLanes
                       ? int4_byte_dot<V, kParts, kVectors, 1, kRows>
                       : int4_byte_dot<V, kParts, kVectors, kLong, kRows>;
  dot(x, weights, begin, end, group_words, sums, stride);
}

// For groups that are whole blocks of kVectors.
template <typename V, int kParts, int kVectors>
constexpr Int4Dots int4_byte_dots() {
  return {Int4Order::kBytes,
          kVectors,
          1,
          4,
          {int4_byte_dot_of_blocks<V, kParts, kVectors, 1>,
           int4_byte_dot_of_blocks<V, kParts, kVectors, 2>,
           int4_byte_dot_of_blocks<V, kParts, kVectors, 3>,
           int4_byte_dot_of_blocks<V, kParts, kVectors, 4>}};
}

// For groups of which a vector has several.
template <typename V, int kParts, int kGroups>
constexpr Int4Dots int4_byte_dots_of_groups() {
  return {Int4Order::kBytesOfGroups,
          1,
          kGroups,
          4,
          {int4_byte_dot<V, kParts, 1, kGroups, 1>, int4_byte_dot<V, kParts, 1, kGroups, 2>,
           int4_byte_dot<V, kParts, 1, kGroups, 3>, int4_byte_dot<V, kParts, 1, kGroups, 4>}};
}

}  // namespace
}  // namespace qutlass::cpu
