// The int8 tile, over the vector type of an instruction set: for isa_*.cc alone (see isa.h).
//
// A vector type V has
//   Sums                                  a vector of int32 partial sums
//   Values                                a vector of int8 weights, in the form that it multiplies
//   Row                                   likewise of prepared activations
//   kWords                                words whose elements a vector holds
//   kRowsToAskAhead                       rows from which asking for weights before they are needed
//                                         pays; 0 where it never does
//   kPreparedBytes                        bytes of a vector of prepared activations
//   zero(), load_prepared(p), load(words), load_first(words, count), multiply_add(sums, a, b),
//   total(sums), store_four_totals(vectors, out)
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

template <typename V, int kRows, int kColumns>
[[gnu::always_inline]] inline void int8_step(const char* const* a, const typename V::Values* b,
                                             typename V::Sums (&sums)[kRows][kColumns]) {
  for (int i = 0; i < kRows; ++i) {
    const typename V::Row row = V::load_prepared(a[i]);
    for (int j = 0; j < kColumns; ++j) sums[i][j] = V::multiply_add(sums[i][j], row, b[j]);
  }
}

// So far ahead of a tile its weights are asked for; beyond a row's end, those are of the next row.
constexpr int64_t kInt8WordsAhead = 256;

// What the lanes of each vector add up to.
template <typename V, int kCount>
[[gnu::always_inline]] inline void store_totals(const typename V::Sums* sums, int32_t* out) {
  int i = 0;
  for (; i + 4 <= kCount; i += 4) V::store_four_totals(sums + i, out + i);
  for (; i < kCount; ++i) out[i] = V::total(sums[i]);
}

template <typename V, int kRows, int kColumns>
void int8_tile(const void* const* a, const int32_t* const* b, int64_t words, int32_t* out) {
  constexpr bool kAsksAhead = V::kRowsToAskAhead > 0 && kRows >= V::kRowsToAskAhead;
  typename V::Sums sums[kRows][kColumns];
  typename V::Values columns[kColumns];
  const char* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const char*>(a[i]);
    for (int j = 0; j < kColumns; ++j) sums[i][j] = V::zero();
  }
  int64_t word = 0;
#pragma GCC unroll 2
  for (; word + V::kWords <= words; word += V::kWords) {
    for (int j = 0; j < kColumns; ++j) {
      columns[j] = V::load(b[j] + word);
      if (kAsksAhead) __builtin_prefetch(b[j] + word + kInt8WordsAhead);
    }
    int8_step<V>(rows, columns, sums);
    for (int i = 0; i < kRows; ++i) rows[i] += V::kPreparedBytes;
  }
  if (word < words) {
    for (int j = 0; j < kColumns; ++j) columns[j] = V::load_first(b[j] + word, words - word);
    int8_step<V>(rows, columns, sums);
  }
  store_totals<V, kRows * kColumns>(sums[0], out);
}

}  // namespace
}  // namespace qutlass::cpu
