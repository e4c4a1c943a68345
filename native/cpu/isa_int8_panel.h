// The int8 product of many rows, over the vector types of an instruction set: for isa_*.cc alone
// (see isa.h).
//
// A panel has the weights of some columns rearranged, so that every lane of a vector is a column of
// its own and sums need not be added up across lanes. Its step s, kVectors vectors, has what 32
// bits hold of each column: element s of the columns' vectors (isa_int8_kernels.h), transposed. A
// tile multiplies it with the same 32 bits of each row of prepared activations.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// V is the type of isa_int4_kernels.h, V8 that of isa_int8_kernels.h; both have as many lanes.
//
// One vector of a panel's columns over one vector of words.
template <typename V, typename V8, int kVectors>
[[gnu::always_inline]] inline void pack_int8_steps(const int32_t* const* columns, int64_t word,
                                                   int64_t left, int32_t* panel) {
  typename V::Int steps[V::kLanes];
  for (int lane = 0; lane < V::kLanes; ++lane) {
    const int32_t* column = columns[lane] + word;
    steps[lane] = left >= V8::kWords ? V8::load(column) : V8::load_first(column, left);
  }
  V::transpose(steps);
  for (int s = 0; s < V::kLanes; ++s) V::store(panel + s * kVectors * V::kLanes, steps[s]);
}

// Of a vector's columns a whole cache line is packed before the next vector's: where rows are a
// power of two apart, the lines of more columns would push each other out of the first-level cache.
template <typename V, typename V8, int kVectors>
void pack_int8_panel(const int32_t* const* columns, int64_t words, int32_t* panel) {
  constexpr int64_t kStepsSize = V::kLanes * kVectors * V::kLanes;  // of a vector of words
  for (int64_t line = 0; line < words; line += kLineWords) {
    const int64_t end = words - line < kLineWords ? words : line + kLineWords;
    for (int v = 0; v < kVectors; ++v) {
      for (int64_t word = line; word < end; word += V8::kWords) {
        pack_int8_steps<V, V8, kVectors>(columns + v * V::kLanes, word, words - word,
                                         panel + word / V8::kWords * kStepsSize + v * V::kLanes);
      }
    }
  }
}

template <typename V, int kVectors, int kRows>
[[gnu::always_inline]] inline void add_to_sums(const typename V::Int (&tile)[kRows][kVectors],
                                               int32_t* sums, int64_t stride) {
  for (int i = 0; i < kRows; ++i) {
    for (int v = 0; v < kVectors; ++v) {
      int32_t* out = sums + i * stride + v * V::kLanes;
      V::store(out, V::add(V::load(out), tile[i][v]));
    }
  }
}

template <typename V, typename V8, int kVectors, int kRows>
void int8_panel_tile(const void* const* a, const int32_t* panel, int64_t words, int32_t* sums,
                     int64_t stride) {
  const int64_t steps = (words + V8::kWords - 1) / V8::kWords * V::kLanes;
  typename V8::Sums tile[kRows][kVectors];
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int32_t*>(a[i]);
    for (int v = 0; v < kVectors; ++v) tile[i][v] = V8::zero();
  }
  for (int64_t s = 0; s < steps; ++s, panel += kVectors * V::kLanes) {
    typename V8::Values columns[kVectors];
    for (int v = 0; v < kVectors; ++v) {
      columns[v] = V8::load_prepared(reinterpret_cast<const char*>(panel + v * V::kLanes));
    }
    for (int i = 0; i < kRows; ++i) {
      const typename V8::Values row = V::broadcast(rows[i][s]);
      for (int v = 0; v < kVectors; ++v) {
        tile[i][v] = V8::multiply_add(tile[i][v], row, columns[v]);
      }
    }
  }
  add_to_sums<V>(tile, sums, stride);
}

}  // namespace
}  // namespace qutlass::cpu
