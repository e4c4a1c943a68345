// The int4 product of one row of activations, over the vector type of an instruction set: for
// isa_*.cc alone (see isa.h). It reads weights as one stream and unpacks them in registers.
//
// A nibble becomes a bf16 value by two byte shuffles of tables, one for each half of the value; two
// such halves, interleaved, make the upper half of a float32. Shuffles work within parts of 128
// bits, so each part of a vector may belong to a group of its own.
//
// Beside what isa_int4_kernels.h names, a vector type V has kParts; load_part(p), a table of 16
// bytes in every part; load_parts(get), the table at get(part) in each part; broadcast_parts(get),
// the float at get(part) in the lanes of each part; shuffle_bytes(table, v), interleave_low(a, b)
// and interleave_high(a, b) of bytes within parts; shift_left(v, n), bit_and(a, b), total(v).
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

constexpr int kZeroPoints = 16;
constexpr int kNibbles = 16;

// The bytes of bf16(q - zero), for every zero and q.
struct Int4Tables {
  alignas(16) uint8_t high[kZeroPoints][kNibbles] = {};
  alignas(16) uint8_t low[kZeroPoints][kNibbles] = {};

  constexpr Int4Tables() {
    for (int zero = 0; zero < kZeroPoints; ++zero) {
      for (int q = 0; q < kNibbles; ++q) {
        const int magnitude = q < zero ? zero - q : q - zero;
        int exponent = 0;
        while (magnitude >> (exponent + 1)) ++exponent;
        const int bits = magnitude == 0 ? 0
                                        : (q < zero ? 0x8000 : 0) | ((127 + exponent) << 7) |
                                              ((magnitude << (7 - exponent)) & 0x7f);
        high[zero][q] = static_cast<uint8_t>(bits >> 8);
        low[zero][q] = static_cast<uint8_t>(bits & 0xff);
      }
    }
  }
};

constexpr Int4Tables kInt4Tables;

// The tables and scales of the groups of a vector's parts.
template <typename V>
struct PartGroups {
  typename V::Int high;
  typename V::Int low;
  typename V::Float scale;
};

// A zero point is 0 ... 15; whatever else came must not lead beyond the tables.
[[gnu::always_inline]] inline int zero_of(const Int4Row& row, int64_t group) {
  constexpr int kMiddle = 8;
  return row.zeros ? row.zeros[group] & (kZeroPoints - 1) : kMiddle;
}

// All parts belong to one group.
template <typename V>
[[gnu::always_inline]] inline PartGroups<V> same_group(const Int4Row& row, int64_t group) {
  const int zero = zero_of(row, group);
  return {V::load_part(kInt4Tables.high[zero]), V::load_part(kInt4Tables.low[zero]),
          V::broadcast(row.scales[group])};
}

// Part i belongs to groups[i].
template <typename V>
[[gnu::always_inline]] inline PartGroups<V> different_groups(const Int4Row& row,
                                                             const int64_t (&groups)[V::kParts]) {
  int zero[V::kParts];
  for (int part = 0; part < V::kParts; ++part) zero[part] = zero_of(row, groups[part]);
  return {V::load_parts([&](int part) __attribute__((always_inline)) {
            return kInt4Tables.high[zero[part]];
          }),
          V::load_parts([&](int part)
                            __attribute__((always_inline)) { return kInt4Tables.low[zero[part]]; }),
          V::broadcast_parts([&](int part) __attribute__((always_inline)) {
            return row.scales + groups[part];
          })};
}

// Independent sums, so that an addition need not wait for the one before it.
constexpr int kDotChains = 4;

// chains += x * (q - zero) over a vector of words; x is in the order of isa.h.
template <typename V>
[[gnu::always_inline]] inline void add_block(const float* x, typename V::Int words,
                                             const PartGroups<V>& groups,
                                             typename V::Float (&chains)[kDotChains]) {
  const typename V::Int nibble_mask = V::broadcast(int32_t{0x0f0f0f0f});
  const typename V::Int upper_half = V::broadcast(static_cast<int32_t>(0xffff0000u));
  const auto add = [&](int i, typename V::Int w) __attribute__((always_inline)) {
    typename V::Float& chain = chains[i % kDotChains];
    chain = V::multiply_add(V::load(x + i * V::kLanes), V::as_float(w), chain);
  };
  const auto add_nibbles = [&](int i, typename V::Int nibbles) __attribute__((always_inline)) {
    const typename V::Int high = V::shuffle_bytes(groups.high, nibbles);
    const typename V::Int low = V::shuffle_bytes(groups.low, nibbles);
    const typename V::Int first = V::interleave_low(low, high);
    const typename V::Int second = V::interleave_high(low, high);
    add(i, V::shift_left(first, 16));
    add(i + 1, V::bit_and(first, upper_half));
    add(i + 2, V::shift_left(second, 16));
    add(i + 3, V::bit_and(second, upper_half));
  };
  add_nibbles(0, V::bit_and(words, nibble_mask));
  add_nibbles(4, V::bit_and(V::template shift_right<4>(words), nibble_mask));
}

// total += scale * the sum of the chains, which begin anew.
template <typename V>
[[gnu::always_inline]] inline void end_group(typename V::Float scale,
                                             typename V::Float (&chains)[kDotChains],
                                             typename V::Float& total) {
  const typename V::Float sum = V::add(V::add(chains[0], chains[1]), V::add(chains[2], chains[3]));
  total = V::multiply_add(sum, scale, total);
  for (int i = 0; i < kDotChains; ++i) chains[i] = V::zero();
}

template <typename V>
[[gnu::always_inline]] inline typename V::Int load_block(const int32_t* words, int64_t left) {
  return left >= V::kLanes ? V::load(words) : V::load_first(words, left);
}

// Groups of whole vectors, or a single one.
template <typename V>
float dot_of_vector_groups(const float* x, const Int4Row& row, int64_t words, int64_t group_words) {
  typename V::Float total = V::zero();
  typename V::Float chains[kDotChains] = {V::zero(), V::zero(), V::zero(), V::zero()};
  int64_t word = 0;
  for (int64_t group = 0; word < words; ++group) {
    const PartGroups<V> groups = same_group<V>(row, group);
    const int64_t end = words - word < group_words ? words : word + group_words;
    for (; word < end; word += V::kLanes, x += kInt4PerWord * V::kLanes) {
      add_block<V>(x, load_block<V>(row.words + word, words - word), groups, chains);
    }
    end_group<V>(groups.scale, chains, total);
  }
  return V::total(total);
}

// Groups of whole parts.
template <typename V>
float dot_of_part_groups(const float* x, const Int4Row& row, int64_t words, int64_t group_words) {
  const int64_t group_parts = group_words / kInt4PartWords;
  const int64_t last_group = (words - 1) / group_words;
  typename V::Float total = V::zero();
  typename V::Float chains[kDotChains] = {V::zero(), V::zero(), V::zero(), V::zero()};
  int64_t group = 0, left_in_group = group_parts;
  for (int64_t word = 0; word < words; word += V::kLanes, x += kInt4PerWord * V::kLanes) {
    int64_t part_groups[V::kParts];
    for (int part = 0; part < V::kParts; ++part) {
      part_groups[part] = group < last_group ? group : last_group;
      if (--left_in_group == 0) {
        ++group;
        left_in_group = group_parts;
      }
    }
    const PartGroups<V> groups = different_groups<V>(row, part_groups);
    add_block<V>(x, load_block<V>(row.words + word, words - word), groups, chains);
    end_group<V>(groups.scale, chains, total);
  }
  return V::total(total);
}

template <typename V>
float int4_dot(const float* x, const Int4Row& row, int64_t words, int64_t group_words) {
  return group_words % V::kLanes == 0 || group_words >= words
             ? dot_of_vector_groups<V>(x, row, words, group_words)
             : dot_of_part_groups<V>(x, row, words, group_words);
}

}  // namespace
}  // namespace qutlass::cpu
