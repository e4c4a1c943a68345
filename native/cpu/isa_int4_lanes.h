// The int4 product of few rows of int8 activations with weight rows, over the vector types of an
// instruction set that multiplies unsigned by signed bytes to 32 bits: for isa_*.cc alone (see
// isa.h).
//
// As in isa_int4_byte_dot.h, words become two vectors of bytes by a mask and a shift. But nothing
// is added up across lanes before a weight row ends: the 32-bit sums of each vector of words become
// floats, and are multiplied by the scales of the lanes' groups. There are no units, and what zero
// points take off a lane is what its sum begins with. That is more conversions than with the lanes
// added up first, but no shuffles, and a row of any length is vectors that are all alike.
//
// V is the type of isa_int4_byte_dot.h, and has
//   spread<n>(p)   p[0 ... n - 1], each in one of n equal parts of the vector
// V8, that of isa_int8_kernels.h, multiplies, with activations from where they lie.
#pragma once

#include "cpu/isa_int4_byte_dot.h"

namespace qutlass::cpu {
namespace {

// Of a vector of words.
template <typename V>
struct VectorOperands {
  typename V::Float scales;
  typename V::Int zeros;  // only where there are zero points
};

// Those of one vector of a weight row after the other, which has kGroups groups, or, where that is
// 1, the whole or a part of one.
template <typename V, int kGroups, bool kHasZeros>
class VectorGroups {
 public:
  VectorGroups(const Int4Row& row, int64_t begin, int64_t group_words)
      : span_words_(kGroups == 1 ? group_words : V::kLanes),
        left_in_span_(-(begin % span_words_)),
        scales_(row.scales + begin / span_words_ * kGroups),
        zeros_(kHasZeros ? row.zeros + begin / span_words_ * kGroups : nullptr) {}

  [[gnu::always_inline]] const VectorOperands<V>& next() {
    if (kGroups > 1 || left_in_span_ <= 0) take(scales_, zeros_);
    left_in_span_ -= V::kLanes;
    return operands_;
  }

  // Those of the last vector, which has `count` groups.
  const VectorOperands<V>& last(int64_t count) {
    if (kGroups == 1) return next();
    float scales[kGroups] = {};
    int32_t zeros[kGroups] = {};
    for (int64_t i = 0; i < count; ++i) {
      scales[i] = scales_[i];
      if (kHasZeros) zeros[i] = zeros_[i];
    }
    take(scales, zeros);
    return operands_;
  }

 private:
  [[gnu::always_inline]] void take(const float* scales, const int32_t* zeros) {
    operands_.scales = V::template spread<kGroups>(scales);
    scales_ += kGroups;
    if (kHasZeros) {
      operands_.zeros = V::template spread<kGroups>(zeros);
      zeros_ += kGroups;
    }
    left_in_span_ += span_words_;
  }

  const int64_t span_words_;
  int64_t left_in_span_;
  const float* scales_;
  const int32_t* zeros_;
  VectorOperands<V> operands_;
};

// One weight row; the lanes of totals[i] add up to its product with row i of activations.
template <typename V, typename V8, int kGroups, bool kHasZeros, int kRows>
[[gnu::always_inline]] inline void int4_lanes_of_row(const BlockFloats& x, const Int4Row& row,
                                                     int64_t begin, int64_t end,
                                                     int64_t group_words,
                                                     typename V::Float (&totals)[kRows]) {
  constexpr int64_t kBytes = sizeof(typename V::Int);
  for (int i = 0; i < kRows; ++i) totals[i] = V::zero();
  const int8_t* bytes = reinterpret_cast<const int8_t*>(x.values);
  const int64_t row_bytes = x.row_values * static_cast<int64_t>(sizeof(int32_t));
  const int32_t* negative_sums = x.negative_sums;
  const auto add_vector = [&](typename V::Int words, const VectorOperands<V>& operands)
      __attribute__((always_inline)) {
    const typename V::Int even = V::low_nibbles(words), odd = V::high_nibbles(words);
    for (int i = 0; i < kRows; ++i) {
      typename V::Int sums = V::load(negative_sums + i * x.row_sums);
      if (kHasZeros) sums = V::multiply(sums, operands.zeros);
      sums = V8::multiply_add(sums, bytes + i * row_bytes, even);
      sums = V8::multiply_add(sums, bytes + i * row_bytes + kBytes, odd);
      totals[i] = V::multiply_add(V::to_float(sums), operands.scales, totals[i]);
    }
    bytes += 2 * kBytes;
    negative_sums += V::kLanes;
  };

  VectorGroups<V, kGroups, kHasZeros> groups(row, begin, group_words);
  int64_t word = begin;
  for (; word + V::kLanes <= end; word += V::kLanes) {
    __builtin_prefetch(row.words + word + kPrefetchWords<V>);
    add_vector(V::load_words(row.words + word), groups.next());
  }
  if (word < end) {
    add_vector(V::load_first(row.words + word, end - word),
               groups.last((end - word + group_words - 1) / group_words));
  }
}

template <typename V, typename V8, int kGroups, bool kHasZeros, int kRows>
void int4_lanes_of_rows(const BlockFloats& x, const Int4Rows& weights, int64_t begin, int64_t end,
                        int64_t group_words, float* sums, int64_t stride) {
  add_dots<V, kRows>(
      weights, sums, stride,
      [&](const Int4Row& row, typename V::Float(&totals)[kRows]) __attribute__((always_inline)) {
        int4_lanes_of_row<V, V8, kGroups, kHasZeros>(x, row, begin, end, group_words, totals);
      });
}

template <typename V, typename V8, int kGroups, int kRows>
void int4_lanes(const BlockFloats& x, const Int4Rows& weights, int64_t begin, int64_t end,
                int64_t group_words, float* sums, int64_t stride) {
  const auto dot = weights.first.zeros ? int4_lanes_of_rows<V, V8, kGroups, true, kRows>
                                       : int4_lanes_of_rows<V, V8, kGroups, false, kRows>;
  dot(x, weights, begin, end, group_words, sums, stride);
}

// For groups of which a vector has kGroups, or 1: that are whole vectors.
template <typename V, typename V8, int kGroups>
constexpr Int4Dots int4_lane_dots() {
  return {Int4Order::kByteLanes,
          1,
          kGroups,
          4,
          {int4_lanes<V, V8, kGroups, 1>, int4_lanes<V, V8, kGroups, 2>,
           int4_lanes<V, V8, kGroups, 3>, int4_lanes<V, V8, kGroups, 4>}};
}

}  // namespace
}  // namespace qutlass::cpu
