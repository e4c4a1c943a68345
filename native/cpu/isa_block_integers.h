// Blocks of activations to integers, in vectors of AVX2: for isa_*.cc alone (see isa.h). The steps
// are those of block_float.cc.
#pragma once

#include <immintrin.h>

#include "cpu/block_integers.h"

namespace qutlass::cpu {
namespace {

// Eight floats, a word's; zeros beyond the first `count`.
[[gnu::always_inline]] inline __m256 load_word_floats(const float* x, int64_t count) {
  if (count >= BlockIntegers::kWordElements) return _mm256_loadu_ps(x);
  const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                                          _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  return _mm256_maskload_ps(x, mask);
}

// NaN stays NaN, if not the same one: it ends as a residual.
[[gnu::always_inline]] inline __m256i bf16_bits(__m256 v) {
  const __m256i bits = _mm256_castps_si256(v);
  const __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
  const __m256i up = _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff));
  const __m256i rounded =
      _mm256_and_si256(_mm256_add_epi32(bits, up), _mm256_set1_epi32(static_cast<int>(0xffff0000)));
  const __m256 is_nan = _mm256_cmp_ps(v, v, _CMP_UNORD_Q);
  return _mm256_castps_si256(_mm256_blendv_ps(_mm256_castsi256_ps(rounded), v, is_nan));
}

[[gnu::always_inline]] inline __m256i magnitude_bits(__m256i bits) {
  return _mm256_and_si256(bits, _mm256_set1_epi32(0x7fffffff));
}
[[gnu::always_inline]] inline __m256i is_finite(__m256i magnitude) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(kInfinityBits), magnitude);
}

inline int32_t largest_lane(__m256i v) {
  __m128i most = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  most = _mm_max_epi32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(1, 0, 3, 2)));
  return _mm_cvtsi128_si32(_mm_max_epi32(most, _mm_shuffle_epi32(most, _MM_SHUFFLE(2, 3, 0, 1))));
}

inline float power_of_two(int32_t exponent) {
  const int32_t bits = (exponent + kExponentBias) << kMantissaBits;
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
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

inline int32_t total_of_word(__m256i integers) {
  __m128i sum =
      _mm_add_epi32(_mm256_castsi256_si128(integers), _mm256_extracti128_si256(integers, 1));
  sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
  return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1))));
}

inline float total_of_floats(__m256 v) {
  __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
  sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
  return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
}

inline void make_block_integers(const float* x, int64_t count, BlockForm form,
                                BlockIntegers* block) {
  constexpr int64_t kStep = BlockIntegers::kWordElements;
  float values[BlockIntegers::kMaxWords * kStep];
  __m256i largest = _mm256_setzero_si256();
  for (int64_t i = 0; i < count; i += kStep) {
    const __m256i rounded = bf16_bits(load_word_floats(x + i, count - i));
    const __m256i magnitude = magnitude_bits(rounded);
    largest = _mm256_max_epi32(largest, _mm256_and_si256(magnitude, is_finite(magnitude)));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(values + i), rounded);
  }
  const int32_t next = largest_lane(largest) + kLargestMantissaStep;
  int32_t exponent = (next >> kMantissaBits) - kExponentBias;
  exponent = (exponent < kLeastExponent ? kLeastExponent : exponent) - kIntegerExponent;
  block->unit = power_of_two(exponent);
  const __m256 unit = _mm256_set1_ps(block->unit),
               inverse = _mm256_set1_ps(power_of_two(-exponent));
  const __m256 no_sign = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fffffff));
  __m256 magnitudes = _mm256_setzero_ps(), squares = _mm256_setzero_ps();
  for (int64_t word = 0; word * kStep < count; ++word) {
    const __m256 rounded = _mm256_loadu_ps(values + word * kStep);
    const __m256i bits = _mm256_castps_si256(rounded);
    const __m256 finite =
        _mm256_castsi256_ps(_mm256_and_si256(bits, is_finite(magnitude_bits(bits))));
    const __m256i integers = _mm256_cvtps_epi32(_mm256_mul_ps(finite, inverse));
    const __m256 whole = _mm256_cvtepi32_ps(integers);
    const __m256 left = _mm256_sub_ps(rounded, _mm256_mul_ps(whole, unit));
    magnitudes = _mm256_add_ps(magnitudes, _mm256_and_ps(left, no_sign));
    squares = _mm256_add_ps(squares, _mm256_mul_ps(whole, whole));
    const __m256 is_residual = _mm256_cmp_ps(left, _mm256_setzero_ps(), _CMP_NEQ_UQ);
    block->residuals[word] = static_cast<uint8_t>(_mm256_movemask_ps(is_residual));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(block->words[word]),
                     form.in_bytes ? word_in_bytes(integers) : word_in_halves(integers));
    if (form.has_sums) block->negative_sums[word] = -total_of_word(integers);
  }
  block->residual_magnitude = total_of_floats(magnitudes);
  block->squares = total_of_floats(squares);
}

}  // namespace
}  // namespace qutlass::cpu
