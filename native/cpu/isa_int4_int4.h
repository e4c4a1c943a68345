// The product of two int4 operands, over the vector types of an instruction set: for isa_*.cc alone
// (see isa.h).
//
// Weights are multiplied as they are stored, as 0 ... 15: each sum thus has 8 times the sum of its
// activations too much, which is the row's excess. A vector of words is two vectors of bytes, of
// the words' even elements and of their odd ones. So a prepared row has, of a vector of words,
// first the even elements and then the odd ones, as signed bytes.
//
// Beside V, which isa_int4_kernels.h describes, V4 has as many lanes, and
//   Sums                            a vector of partial sums
//   kMostSums                       products that may be added to it, before it is
//   widened(sums)                   made int32
//   zero(), multiply_add(sums, activations, weights), total(v) of int32
//   low_nibbles(v), high_nibbles(v), subtract_8(a, b) of every byte
//   load_bytes(p)
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

template <typename V, typename V4>
int32_t prepare_int4(const int32_t* row, int64_t words, void* prepared) {
  constexpr int32_t kEights = 0x08080808;
  constexpr uint32_t kWordOfZeros = 0x88888888u;
  const typename V::Int eights = V::broadcast(kEights);
  int32_t* out = static_cast<int32_t*>(prepared);
  typename V::Int excess = V::broadcast(int32_t{0});
  for (int64_t word = 0; word < words; word += V::kLanes, out += 2 * V::kLanes) {
    int32_t last[V::kLanes];
    const int32_t* stored = row + word;
    if (words - word < V::kLanes) {
      for (int i = 0; i < V::kLanes; ++i) {
        last[i] = i < words - word ? stored[i] : static_cast<int32_t>(kWordOfZeros);
      }
      stored = last;
    }
    const typename V::Int nibbles = V::load(stored);
    const typename V::Int even = V4::subtract_8(V4::low_nibbles(nibbles), eights);
    const typename V::Int odd = V4::subtract_8(V4::high_nibbles(nibbles), eights);
    const typename V4::Sums sums =
        V4::multiply_add(V4::multiply_add(V4::zero(), even, eights), odd, eights);
    excess = V::add(excess, V4::widened(sums));
    V::store(out, even);
    V::store(out + V::kLanes, odd);
  }
  return V4::total(excess);
}

template <typename V, typename V4, int kRows, int kColumns>
[[gnu::always_inline]] inline void int4_int4_step(const int8_t* const* a, const typename V::Int* b,
                                                  typename V4::Sums (&sums)[kRows][kColumns]) {
  constexpr int kBytes = V::kLanes * kInt8PerWord;
  for (int j = 0; j < kColumns; ++j) {
    const typename V::Int even = V4::low_nibbles(b[j]), odd = V4::high_nibbles(b[j]);
    for (int i = 0; i < kRows; ++i) {
      sums[i][j] = V4::multiply_add(sums[i][j], V4::load_bytes(a[i]), even);
      sums[i][j] = V4::multiply_add(sums[i][j], V4::load_bytes(a[i] + kBytes), odd);
    }
  }
}

// So far ahead of a tile its weights are asked for; beyond a row's end, those are of the next row.
constexpr int64_t kWordsAhead = 256;

template <typename V, typename V4, int kRows, int kColumns>
void int4_int4_tile(const void* const* a, const int32_t* const* b, int64_t words, int32_t* out) {
  constexpr int64_t kPreparedBytes = int64_t{V::kLanes} * kInt4PerWord;
  constexpr int64_t kMostWords = V4::kMostSums / 2 * V::kLanes;
  const int8_t* rows[kRows];
  typename V::Int totals[kRows][kColumns];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int8_t*>(a[i]);
    for (int j = 0; j < kColumns; ++j) totals[i][j] = V::broadcast(int32_t{0});
  }
  for (int64_t begin = 0; begin < words; begin += kMostWords) {
    const int64_t end = words - begin < kMostWords ? words : begin + kMostWords;
    typename V4::Sums sums[kRows][kColumns];
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kColumns; ++j) sums[i][j] = V4::zero();
    }
    typename V::Int columns[kColumns];
    int64_t word = begin;
    for (; word + V::kLanes <= end; word += V::kLanes) {
      for (int j = 0; j < kColumns; ++j) {
        columns[j] = V::load(b[j] + word);
        __builtin_prefetch(b[j] + word + kWordsAhead);
      }
      int4_int4_step<V, V4>(rows, columns, sums);
      for (int i = 0; i < kRows; ++i) rows[i] += kPreparedBytes;
    }
    if (word < end) {
      for (int j = 0; j < kColumns; ++j) columns[j] = V::load_first(b[j] + word, end - word);
      int4_int4_step<V, V4>(rows, columns, sums);
    }
    for (int i = 0; i < kRows; ++i) {
      for (int j = 0; j < kColumns; ++j) {
        totals[i][j] = V::add(totals[i][j], V4::widened(sums[i][j]));
      }
    }
  }
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) out[i * kColumns + j] = V4::total(totals[i][j]);
  }
}

// One vector of a panel's columns over one vector of words. A panel's step has 4 elements of each
// column, in the order of prepared rows.
template <typename V, typename V4, int kVectors>
[[gnu::always_inline]] inline void pack_int4_int4_steps(const int32_t* const* columns, int64_t word,
                                                        int64_t left, int32_t* panel) {
  constexpr int64_t kStepSize = int64_t{kVectors} * V::kLanes;
  typename V::Int words[V::kLanes];
  for (int lane = 0; lane < V::kLanes; ++lane) {
    const int32_t* column = columns[lane] + word;
    words[lane] = left >= V::kLanes ? V::load(column) : V::load_first(column, left);
  }
  V::transpose(words);
  for (int s = 0; s < V::kLanes; ++s) {
    V::store(panel + s * kStepSize, V4::low_nibbles(words[s]));
    V::store(panel + (V::kLanes + s) * kStepSize, V4::high_nibbles(words[s]));
  }
}

// Cache line by cache line, as pack_int8_panel.
template <typename V, typename V4, int kVectors>
void pack_int4_int4_panel(const int32_t* const* columns, int64_t words, int32_t* panel) {
  constexpr int64_t kStepsSize = 2 * V::kLanes * kVectors * V::kLanes;  // of a vector of words
  for (int64_t line = 0; line < words; line += kLineWords) {
    const int64_t end = words - line < kLineWords ? words : line + kLineWords;
    for (int v = 0; v < kVectors; ++v) {
      for (int64_t word = line; word < end; word += V::kLanes) {
        pack_int4_int4_steps<V, V4, kVectors>(
            columns + v * V::kLanes, word, words - word,
            panel + word / V::kLanes * kStepsSize + v * V::kLanes);
      }
    }
  }
}

template <typename V, typename V4, int kVectors, int kRows>
void int4_int4_panel_tile(const void* const* a, const int32_t* panel, int64_t words, int32_t* sums,
                          int64_t stride) {
  const int64_t steps = (words + V::kLanes - 1) / V::kLanes * 2 * V::kLanes;
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) rows[i] = static_cast<const int32_t*>(a[i]);
  for (int64_t begin = 0; begin < steps; begin += V4::kMostSums) {
    const int64_t end = steps - begin < V4::kMostSums ? steps : begin + V4::kMostSums;
    typename V4::Sums tile[kRows][kVectors];
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) tile[i][v] = V4::zero();
    }
    for (int64_t s = begin; s < end; ++s, panel += kVectors * V::kLanes) {
      typename V::Int columns[kVectors];
      for (int v = 0; v < kVectors; ++v) columns[v] = V::load(panel + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        const typename V::Int row = V::broadcast(rows[i][s]);
        for (int v = 0; v < kVectors; ++v) {
          tile[i][v] = V4::multiply_add(tile[i][v], row, columns[v]);
        }
      }
    }
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) {
        int32_t* out = sums + i * stride + v * V::kLanes;
        V::store(out, V::add(V::load(out), V4::widened(tile[i][v])));
      }
    }
  }
}

}  // namespace
}  // namespace qutlass::cpu
