// The int8 product of many rows with half the multiplications, over the vector types of an
// instruction set: for isa_*.cc alone (see isa.h).
//
//   a0 * b0 + a1 * b1 = (a0 + b1) * (a1 + b0) - a0 * a1 - b0 * b1
//
// The last two terms belong to one operand each, so they are summed up once for all products of a
// row, or of a column (Winograd, "A new algorithm for inner product", 1968). In integers modulo
// 2^32 that is exact, and a sum of two bytes fits 16 bits. It takes as many instructions as plain
// products; but where more of them can add in a cycle than multiply, and a product is not fused
// with its sum (AVX2), one multiplication in four is done sooner than two.
//
// A panel has a column in each lane. It begins with what its pairs have too much, negative, and
// then has for each word two steps of kVectors vectors, in 16 bits: elements 0 and 2 of the
// columns' words, then elements 1 and 3. A prepared row has the same of each of its words; its
// excess is what its pairs have too much.
//
// Beside what isa_int4_kernels.h names, a vector type V has
//   dot(sums, a, b)               the products of the 16-bit halves of each lane, added
//   add_16(a, b)                  of those halves
//   even_bytes(v), odd_bytes(v)   those of every 16 bits, widened
//   interleave(a, b)              makes a0 b0 a1 b1 ... of two vectors, in their places
//   zero_int(), load_words(p), subtract_32(a, b), total(v)
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int8_panel.h"

namespace qutlass::cpu {
namespace {

constexpr int kStepsOfWord = 2;

template <typename V>
int32_t prepare_int8_pairs(const int32_t* row, int64_t words, void* prepared) {
  int32_t* out = static_cast<int32_t*>(prepared);
  typename V::Int excess = V::zero_int();
  for (int64_t word = 0; word < words; word += V::kLanes, out += kStepsOfWord * V::kLanes) {
    const int64_t left = words - word;
    const typename V::Int values =
        left >= V::kLanes ? V::load(row + word) : V::load_first(row + word, left);
    typename V::Int even = V::even_bytes(values), odd = V::odd_bytes(values);
    excess = V::dot(excess, even, odd);
    V::interleave(even, odd);
    V::store(out, even);
    V::store(out + V::kLanes, odd);
  }
  return V::total(excess);
}

// One vector of a panel's columns.
template <typename V, int kVectors>
[[gnu::always_inline]] inline void pack_int8_paired_columns(const int32_t* const* columns,
                                                            int64_t first, int64_t end,
                                                            int32_t* panel,
                                                            typename V::Int& excess) {
  constexpr int64_t kStep = kVectors * V::kLanes;
  for (int64_t word = first; word < end; word += V::kLanes) {
    typename V::Int words[V::kLanes];
    for (int lane = 0; lane < V::kLanes; ++lane) {
      const int32_t* column = columns[lane] + word;
      words[lane] = end - word >= V::kLanes ? V::load(column) : V::load_first(column, end - word);
    }
    V::transpose(words);
    int32_t* out = panel + word * kStepsOfWord * kStep;
    for (int i = 0; i < V::kLanes; ++i, out += kStepsOfWord * kStep) {
      const typename V::Int even = V::even_bytes(words[i]), odd = V::odd_bytes(words[i]);
      excess = V::dot(excess, even, odd);
      V::store(out, even);
      V::store(out + kStep, odd);
    }
  }
}

// Cache line by cache line, as pack_int8_panel.
template <typename V, int kVectors>
void pack_int8_paired_panel(const int32_t* const* columns, int64_t words, int32_t* panel) {
  typename V::Int excess[kVectors];
  for (int v = 0; v < kVectors; ++v) excess[v] = V::zero_int();
  int32_t* const steps = panel + kVectors * V::kLanes;
  for (int64_t line = 0; line < words; line += kLineWords) {
    const int64_t end = words - line < kLineWords ? words : line + kLineWords;
    for (int v = 0; v < kVectors; ++v) {
      pack_int8_paired_columns<V, kVectors>(columns + v * V::kLanes, line, end,
                                            steps + v * V::kLanes, excess[v]);
    }
  }
  for (int v = 0; v < kVectors; ++v) {
    V::store(panel + v * V::kLanes, V::subtract_32(V::zero_int(), excess[v]));
  }
}

template <typename V, int kVectors, int kRows>
void int8_paired_panel_tile(const void* const* a, const int32_t* panel, int64_t words,
                            int32_t* sums, int64_t stride) {
  typename V::Int tile[kRows][kVectors];
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int32_t*>(a[i]);
    for (int v = 0; v < kVectors; ++v) tile[i][v] = V::load(panel + v * V::kLanes);
  }
  panel += kVectors * V::kLanes;
  for (int64_t step = 0; step < words * kStepsOfWord; step += kStepsOfWord) {
    typename V::Int even[kVectors], odd[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      even[v] = V::load_words(panel + v * V::kLanes);
      odd[v] = V::load_words(panel + (kVectors + v) * V::kLanes);
    }
    panel += kStepsOfWord * kVectors * V::kLanes;
    for (int i = 0; i < kRows; ++i) {
      const typename V::Int row_even = V::broadcast(rows[i][step]);
      const typename V::Int row_odd = V::broadcast(rows[i][step + 1]);
      for (int v = 0; v < kVectors; ++v) {
        tile[i][v] = V::dot(tile[i][v], V::add_16(row_even, odd[v]), V::add_16(row_odd, even[v]));
      }
    }
  }
  add_to_sums<V>(tile, sums, stride);
}

}  // namespace
}  // namespace qutlass::cpu
