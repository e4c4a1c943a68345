// The int4 kernels of several rows of activations, over the vector type of an instruction set: for
// isa_*.cc alone (see isa.h).
//
// Each lane of a vector is a weight row of its own, with its own scale and zero point, so groups of
// any size are alike. Words come from memory with K along the lanes and are transposed.
//
// A vector type V has kLanes; Float and Int, vectors of 32-bit elements; and
//   zero(), broadcast(float), broadcast(int32_t), load(p), load_first(p, count), store(p, v)
//   add, subtract, multiply_add(a, b, c) = a * b + c
//   shift_right<n>(v), masked_or(v, mask, bits) = (v & mask) | bits, as_float(v), to_float(v)
//   transpose(v)     of kLanes vectors
//   collect(get)     the elements get(0) ... get(kLanes - 1)
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// A nibble becomes a float without a conversion: put into the mantissa of a power of two whose last
// places it has, it reads power + q, and a subtraction of power + zero leaves q - zero, exactly.
// 2^23 does it for the nibble at bit 0, 2^19 for the one at bit 4.
constexpr float kLowPower = 8388608.0f;
constexpr float kHighPower = 524288.0f;
constexpr int32_t kLowPowerBits = 0x4b000000;
constexpr int32_t kHighPowerBits = 0x49000000;

// What is subtracted from the nibbles of a group.
template <typename V>
struct NibbleOffsets {
  typename V::Float low;
  typename V::Float high;
};

template <typename V>
[[gnu::always_inline]] inline NibbleOffsets<V> nibble_offsets(const Int4Row* rows, int64_t group) {
  typename V::Float zero = V::broadcast(8.0f);
  if (rows[0].zeros) {
    zero = V::to_float(V::collect([&](int lane) __attribute__((always_inline)) {
      return rows[lane].zeros[group];
    }));
  }
  return {V::add(zero, V::broadcast(kLowPower)), V::add(zero, V::broadcast(kHighPower))};
}

template <typename V>
[[gnu::always_inline]] inline typename V::Float group_scales(const Int4Row* rows, int64_t group) {
  return V::collect([&](int lane)
                        __attribute__((always_inline)) { return rows[lane].scales[group]; });
}

// Loads up to kLanes words of each row, from `word` on, and transposes them: words[i] has word i of
// every row.
template <typename V>
[[gnu::always_inline]] inline void load_words(const Int4Row* rows, int64_t word, int64_t count,
                                              typename V::Int (&words)[V::kLanes]) {
  for (int lane = 0; lane < V::kLanes; ++lane) {
    words[lane] = count >= V::kLanes ? V::load(rows[lane].words + word)
                                     : V::load_first(rows[lane].words + word, count);
  }
  V::transpose(words);
}

// Calls take(i, v) for i = 0 ... 7 with v = q - zero of nibble i of every lane's word.
template <typename V, typename Take>
[[gnu::always_inline]] inline void unpack_word(typename V::Int word,
                                               const NibbleOffsets<V>& offsets, Take take) {
  const typename V::Int low_mask = V::broadcast(int32_t{0x0f});
  const typename V::Int high_mask = V::broadcast(int32_t{0xf0});
  const typename V::Int low_bits = V::broadcast(kLowPowerBits);
  const typename V::Int high_bits = V::broadcast(kHighPowerBits);
  const auto take_byte = [&](int i, typename V::Int byte) __attribute__((always_inline)) {
    const typename V::Float low = V::as_float(V::masked_or(byte, low_mask, low_bits));
    take(i, V::subtract(low, offsets.low));
    const typename V::Float high = V::as_float(V::masked_or(byte, high_mask, high_bits));
    take(i + 1, V::subtract(high, offsets.high));
  };
  take_byte(0, word);
  take_byte(2, V::template shift_right<8>(word));
  take_byte(4, V::template shift_right<16>(word));
  take_byte(6, V::template shift_right<24>(word));
}

// One vector of the columns that unpack_int4 unpacks; `w` and `scales` have kColumns a row.
template <typename V, int kColumns>
void unpack_int4_rows(const Int4Row* rows, int64_t first_word, int64_t words, int64_t group_words,
                      float* w, float* scales) {
  int64_t group = first_word / group_words;
  int64_t left_in_group = 0;
  NibbleOffsets<V> offsets;
  for (int64_t word = 0; word < words; word += V::kLanes) {
    typename V::Int columns[V::kLanes];
    load_words<V>(rows, first_word + word, words - word, columns);
    for (int i = 0; i < V::kLanes && word + i < words; ++i) {
      if (left_in_group == 0) {
        offsets = nibble_offsets<V>(rows, group);
        V::store(scales, group_scales<V>(rows, group));
        scales += kColumns;
        ++group;
        left_in_group = group_words;
      }
      --left_in_group;
      unpack_word<V>(
          columns[i], offsets, [&](int k, typename V::Float value) __attribute__((always_inline)) {
            V::store(w + k * kColumns, value);
          });
      w += kInt4PerWord * kColumns;
    }
  }
}

template <typename V, int kVectors>
void unpack_int4(const Int4Row* rows, int64_t first_word, int64_t words, int64_t group_words,
                 float* w, float* scales) {
  for (int v = 0; v < kVectors; ++v) {
    unpack_int4_rows<V, kVectors * V::kLanes>(rows + v * V::kLanes, first_word, words, group_words,
                                              w + v * V::kLanes, scales + v * V::kLanes);
  }
}

template <typename V, int kVectors, int kRows>
void int4_tile(const float* x, const float* w, const float* scales, int64_t words,
               int64_t group_words, float* sums) {
  constexpr int kColumns = kVectors * V::kLanes;
  for (; words > 0; words -= group_words, scales += kColumns) {
    typename V::Float group[kRows][kVectors];
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) group[i][v] = V::zero();
    }
    const float* const end =
        w + (words < group_words ? words : group_words) * kInt4PerWord * kColumns;
    for (; w < end; w += kColumns, x += kRows) {
      typename V::Float column[kVectors];
      for (int v = 0; v < kVectors; ++v) column[v] = V::load(w + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        const typename V::Float row = V::broadcast(x[i]);
        for (int v = 0; v < kVectors; ++v) {
          group[i][v] = V::multiply_add(row, column[v], group[i][v]);
        }
      }
    }
    for (int v = 0; v < kVectors; ++v) {
      const typename V::Float scale = V::load(scales + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        float* sum = sums + i * kColumns + v * V::kLanes;
        V::store(sum, V::multiply_add(group[i][v], scale, V::load(sum)));
      }
    }
  }
}

}  // namespace
}  // namespace qutlass::cpu
