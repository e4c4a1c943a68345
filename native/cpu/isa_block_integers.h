// Blocks of activations to integers, over the vector type of an instruction set of x86: for
// isa_*.cc alone (see isa.h). The steps are those of block_float.cc.
//
// V is that of isa_epilogue.h, and has
//   kLanes                       one word's elements, or more
//   finite(v)                    0 in the place of what is not finite
//   any_not_at_most(a, b)        whether any lane of a is more than that of b, or NaN
//   magnitude(v), largest(v)     of floats
//   maximum(a, b)                of integers
//   round(v), to_int(v)          to the nearest integer, even where two are as near
//   nonzero_lanes(v)             a bit for each lane that is not 0, NaN among them
//   total(v)                     of all lanes, of floats and of integers
//   word(v, i)                   eight lanes, as AVX2 has them
// With more than one word a vector, also
//   words_in_bytes(first, second)   of two vectors, as word_in_bytes makes them
#pragma once

#include <immintrin.h>

#include "cpu/block_integers.h"
#include "cpu/isa_epilogue.h"

namespace qutlass::cpu {
namespace {

inline float power_of_two(int32_t exponent) {
  const int32_t bits = (exponent + kExponentBias) << kMantissaBits;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

// Of a block with such a largest magnitude.
inline int32_t unit_exponent(float largest) {
  int32_t bits;
  __builtin_memcpy(&bits, &largest, sizeof bits);
  const int32_t exponent = ((bits + kLargestMantissaStep) >> kMantissaBits) - kExponentBias;
  return (exponent < kLeastExponent ? kLeastExponent : exponent) - kIntegerExponent;
}

// The 128 bits of a word in halves: elements n and n + 4 together.
[[gnu::always_inline]] inline __m128i word_in_halves(__m256i integers) {
  constexpr int kOddElements = 0xaa;
  return _mm_blend_epi16(_mm256_castsi256_si128(integers),
                         _mm_slli_epi32(_mm256_extracti128_si256(integers, 1), 16), kOddElements);
}

// In bytes: x + 128 has the high byte in its own, and in its low one the low byte with the top bit
// flipped.
[[gnu::always_inline]] inline __m128i word_in_bytes(__m256i integers) {
  const __m256i flip = _mm256_set1_epi32(128);
  const __m256i both = _mm256_xor_si256(_mm256_add_epi32(integers, flip), flip);
  // Of each 128 bits: even low bytes, odd ones, even high ones, odd ones, two of each.
  const __m256i sort = _mm256_setr_epi8(0, 8, 4, 12, 1, 9, 5, 13, -1, -1, -1, -1, -1, -1, -1, -1, 0,
                                        8, 4, 12, 1, 9, 5, 13, -1, -1, -1, -1, -1, -1, -1, -1);
  const __m256i sorted = _mm256_shuffle_epi8(both, sort);
  return _mm_unpacklo_epi16(_mm256_castsi256_si128(sorted), _mm256_extracti128_si256(sorted, 1));
}

// The words of a vector; of the last one, only those in which `left` elements begin.
template <typename V>
[[gnu::always_inline]] inline void put_words(typename V::Int integers, bool in_bytes, int64_t left,
                                             int32_t (*words)[BlockIntegers::kParts]) {
  for (int i = 0; i < V::kLanes / BlockIntegers::kWordElements; ++i) {
    if (left <= i * BlockIntegers::kWordElements) return;
    const __m256i word = V::word(integers, i);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(words[i]),
                     in_bytes ? word_in_bytes(word) : word_in_halves(word));
  }
}

// Puts `count` elements of x, as bf16 values, and zeros up to a whole vector; returns the largest
// magnitude of each lane, the bits of which are in their order: so NaN is larger than infinity.
template <typename V>
[[gnu::always_inline]] inline typename V::Float round_values(const float* x, int64_t count,
                                                             float* values) {
  typename V::Int largest = V::broadcast(int32_t{0});
  for (int64_t i = 0; i < count; i += V::kLanes) {
    const int64_t left = count - i;
    const typename V::Float rounded =
        round_to_bf16<V>(left >= V::kLanes ? V::load(x + i) : V::load_first(x + i, left));
    largest = V::maximum(V::as_int(V::magnitude(rounded)), largest);
    V::store(values + i, rounded);
  }
  return V::as_float(largest);
}

template <typename V>
float largest_finite(const float* values, int64_t count) {
  typename V::Float largest = V::zero();
  for (int64_t i = 0; i < count; i += V::kLanes) {
    largest = V::maximum(V::magnitude(V::finite(V::load(values + i))), largest);
  }
  return V::largest(largest);
}

// The integers of some vectors, and what they leave, added up in each lane.
template <typename V>
struct BlockTotals {
  typename V::Float unit, inverse;
  typename V::Float magnitudes = V::zero(), squares = V::zero();
  typename V::Int sums = V::broadcast(int32_t{0});

  template <bool kAreFinite>
  [[gnu::always_inline]] typename V::Int integers(const float* values, uint8_t* residuals) {
    const typename V::Float rounded = V::load(values);
    const typename V::Float finite = kAreFinite ? rounded : V::finite(rounded);
    const typename V::Float whole = V::round(V::multiply(finite, inverse));
    const typename V::Float left = V::subtract(rounded, V::multiply(whole, unit));
    magnitudes = V::add(magnitudes, V::magnitude(left));
    squares = V::multiply_add(whole, whole, squares);
    const auto nonzero = V::nonzero_lanes(left);
    __builtin_memcpy(residuals, &nonzero, sizeof nonzero);
    const typename V::Int integers = V::to_int(whole);
    sums = V::add(sums, integers);
    return integers;
  }
};

template <typename V, bool kAreFinite>
[[gnu::always_inline]] inline void put_integers(const float* values, int64_t count, bool in_bytes,
                                                BlockTotals<V>& totals, BlockIntegers* block) {
  constexpr int64_t kWords = V::kLanes / BlockIntegers::kWordElements;
  int64_t i = 0;
  const auto next = [&](int64_t vector) __attribute__((always_inline)) {
    const int64_t first = i + vector * V::kLanes;
    return totals.template integers<kAreFinite>(
        values + first, block->residuals + first / BlockIntegers::kWordElements);
  };
  if constexpr (kWords > 1) {
    for (; in_bytes && i + 2 * V::kLanes <= count; i += 2 * V::kLanes) {
      const typename V::Int first = next(0), second = next(1);
      V::store(block->words[i / BlockIntegers::kWordElements], V::words_in_bytes(first, second));
    }
  }
  for (; i < count; i += V::kLanes) {
    put_words<V>(next(0), in_bytes, count - i, block->words + i / BlockIntegers::kWordElements);
  }
}

template <typename V>
void make_block_integers(const float* x, int64_t count, bool in_bytes, BlockIntegers* block) {
  constexpr int64_t kMaxElements = BlockIntegers::kMaxWords * BlockIntegers::kWordElements;
  alignas(64) float values[kMaxElements];
  const typename V::Float largest = round_values<V>(x, count, values);
  const bool are_finite = !V::any_not_at_most(largest, V::broadcast(__FLT_MAX__));
  const int32_t exponent =
      unit_exponent(are_finite ? V::largest(largest) : largest_finite<V>(values, count));
  block->unit = power_of_two(exponent);
  BlockTotals<V> totals = {V::broadcast(block->unit), V::broadcast(power_of_two(-exponent))};
  if (are_finite) {
    put_integers<V, true>(values, count, in_bytes, totals, block);
  } else {
    put_integers<V, false>(values, count, in_bytes, totals, block);
  }
  block->residual_magnitude = V::total(totals.magnitudes);
  block->squares = V::total(totals.squares);
  block->negative_sum = -V::total(totals.sums);
}

}  // namespace
}  // namespace qutlass::cpu
