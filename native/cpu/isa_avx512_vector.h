// Vectors of 512 bits, with what AVX-512 (F, BW, DQ, VL) does with them: for isa_*.cc alone (see
// isa.h).
#pragma once

#include <immintrin.h>

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

struct Vector {
  static constexpr int kLanes = 16;
  using Float = __m512;
  using Int = __m512i;

  // The first `count` lanes.
  static __mmask16 first_lanes(int64_t count) { return static_cast<__mmask16>((1u << count) - 1u); }
  static Float zero() { return _mm512_setzero_ps(); }
  static Float broadcast(float value) { return _mm512_set1_ps(value); }
  static Int broadcast(int32_t value) { return _mm512_set1_epi32(value); }
  static Float load(const float* p) { return _mm512_loadu_ps(p); }
  static Int load(const int32_t* p) { return _mm512_loadu_si512(p); }
  static Float load_first(const float* p, int64_t count) {
    return _mm512_maskz_loadu_ps(first_lanes(count), p);
  }
  static Int load_first(const int32_t* p, int64_t count) {
    return _mm512_maskz_loadu_epi32(first_lanes(count), p);
  }
  static void store(float* p, Float v) { _mm512_storeu_ps(p, v); }
  static void store(int32_t* p, Int v) { _mm512_storeu_si512(p, v); }
  // By halves of a cache line: with many threads whole ones were slower (docs/cpu.md).
  static void store_result(float* p, Float v) {
    _mm256_storeu_ps(p, _mm512_castps512_ps256(v));
    _mm256_storeu_ps(p + kLanes / 2, _mm512_extractf32x8_ps(v, 1));
  }
  static void store_first(float* p, Float v, int64_t count) {
    _mm512_mask_storeu_ps(p, first_lanes(count), v);
  }
  static void store_bytes(int8_t* p, Int v, int64_t count) {
    _mm512_mask_cvtepi32_storeu_epi8(p, first_lanes(count), v);
  }
  static void store_bytes(int8_t* p, const Int (&v)[4]) {
    const Int bytes =
        _mm512_packs_epi16(_mm512_packs_epi32(v[0], v[1]), _mm512_packs_epi32(v[2], v[3]));
    const Int order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_storeu_si512(p, _mm512_permutexvar_epi32(order, bytes));
  }

  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static Float subtract(Float a, Float b) { return _mm512_sub_ps(a, b); }
  static Float multiply(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float multiply_add(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float minimum(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Float maximum(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Int maximum(Int a, Int b) { return _mm512_max_epi32(a, b); }
  static Float round(Float v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float magnitude(Float v) { return _mm512_abs_ps(v); }
  static float largest(Float v) { return _mm512_reduce_max_ps(v); }
  static float total(Float v) { return _mm512_reduce_add_ps(v); }
  static int32_t total(Int v) { return _mm512_reduce_add_epi32(v); }
  static Float finite(Float v) {
    constexpr int kNanOrInfinite = 0x99;
    return _mm512_maskz_mov_ps(_knot_mask16(_mm512_fpclass_ps_mask(v, kNanOrInfinite)), v);
  }
  static bool any_not_at_most(Float a, Float b) {
    return _mm512_cmp_ps_mask(a, b, _CMP_NLE_UQ) != 0;
  }
  static __mmask16 nonzero_lanes(Float v) { return _mm512_cmp_ps_mask(v, zero(), _CMP_NEQ_UQ); }
  static __m256i word(Int v, int i) {
    return i == 0 ? _mm512_castsi512_si256(v) : _mm512_extracti64x4_epi64(v, 1);
  }
  static Int words_in_bytes(Int first, Int second) {
    const Int flip = _mm512_set1_epi32(128);
    const Int both = _mm512_packs_epi32(_mm512_xor_si512(_mm512_add_epi32(first, flip), flip),
                                        _mm512_xor_si512(_mm512_add_epi32(second, flip), flip));
    // Of each 128 bits, with four elements of `first`, then of `second`: even low bytes, odd ones,
    // even high ones, odd ones, two of each.
    const Int sort =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 4, 2, 6, 1, 5, 3, 7, 8, 12, 10, 14, 9, 13, 11, 15));
    // A word's come from two neighbours of those.
    const Int neighbours =
        _mm512_set_epi16(31, 23, 30, 22, 29, 21, 28, 20, 15, 7, 14, 6, 13, 5, 12, 4, 27, 19, 26, 18,
                         25, 17, 24, 16, 11, 3, 10, 2, 9, 1, 8, 0);
    return _mm512_permutexvar_epi16(neighbours, _mm512_shuffle_epi8(both, sort));
  }
  static Float zero_where_zero(Float v, Float test) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(test, zero(), _CMP_NEQ_UQ), v);
  }
  static Float where_nan(Float test, Float nan, Float otherwise) {
    return _mm512_mask_mov_ps(otherwise, _mm512_cmp_ps_mask(test, test, _CMP_UNORD_Q), nan);
  }
  template <int kStride>
  static Float butterfly(Float v) {
    constexpr int kSwapOnes = 0xb1, kSwapPairs = 0x4e;
    constexpr __mmask16 kLanesOfBit[] = {0, 0xaaaa, 0xcccc, 0, 0xf0f0, 0, 0, 0, 0xff00};
    const Float other = kStride == 1   ? _mm512_permute_ps(v, kSwapOnes)
                        : kStride == 2 ? _mm512_permute_ps(v, kSwapPairs)
                        : kStride == 4 ? _mm512_shuffle_f32x4(v, v, kSwapOnes)
                                       : _mm512_shuffle_f32x4(v, v, kSwapPairs);
    return _mm512_mask_sub_ps(add(v, other), kLanesOfBit[kStride], other, v);
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return _mm512_srli_epi32(v, kBits);
  }
  template <int kBits>
  static Int shift_right_signed(Int v) {
    return _mm512_srai_epi32(v, kBits);
  }
  static Int shift_left(Int v, int bits) { return _mm512_slli_epi32(v, bits); }
  static Int bit_and(Int a, Int b) { return _mm512_and_si512(a, b); }
  static Int bit_or(Int a, Int b) { return _mm512_or_si512(a, b); }
  static Int masked_or(Int v, Int mask, Int bits) {
    constexpr int kAndThenOr = 0xea;  // the truth table of (v & mask) | bits
    return _mm512_ternarylogic_epi32(v, mask, bits, kAndThenOr);
  }
  static Float as_float(Int v) { return _mm512_castsi512_ps(v); }
  static Int as_int(Float v) { return _mm512_castps_si512(v); }
  static Float to_float(Int v) { return _mm512_cvtepi32_ps(v); }
  static Int to_int(Float v) { return _mm512_cvtps_epi32(v); }

  static void transpose(Int (&v)[kLanes]) {
    Int pairs[kLanes], quads[kLanes], halves[kLanes];
    for (int i = 0; i < kLanes; i += 2) {
      pairs[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < kLanes; i += 4) {
      for (int j = 0; j < 2; ++j) {
        quads[i + 2 * j] = _mm512_unpacklo_epi64(pairs[i + j], pairs[i + j + 2]);
        quads[i + 2 * j + 1] = _mm512_unpackhi_epi64(pairs[i + j], pairs[i + j + 2]);
      }
    }
    // quads[4 * r + c] has, in 128-bit part p, column 4 * p + c of rows 4 * r ... 4 * r + 3.
    constexpr int kEvenParts = 0x88, kOddParts = 0xdd;
    for (int i = 0; i < 4; ++i) {
      halves[i] = _mm512_shuffle_i32x4(quads[i], quads[i + 4], kEvenParts);
      halves[i + 4] = _mm512_shuffle_i32x4(quads[i], quads[i + 4], kOddParts);
      halves[i + 8] = _mm512_shuffle_i32x4(quads[i + 8], quads[i + 12], kEvenParts);
      halves[i + 12] = _mm512_shuffle_i32x4(quads[i + 8], quads[i + 12], kOddParts);
    }
    for (int i = 0; i < 4; ++i) {
      v[i] = _mm512_shuffle_i32x4(halves[i], halves[i + 8], kEvenParts);
      v[i + 8] = _mm512_shuffle_i32x4(halves[i], halves[i + 8], kOddParts);
      v[i + 4] = _mm512_shuffle_i32x4(halves[i + 4], halves[i + 12], kEvenParts);
      v[i + 12] = _mm512_shuffle_i32x4(halves[i + 4], halves[i + 12], kOddParts);
    }
  }

  template <typename Get>
  [[gnu::always_inline]] static auto collect(Get get) {
    alignas(64) decltype(get(0)) elements[kLanes];
    for (int lane = 0; lane < kLanes; ++lane) elements[lane] = get(lane);
    return load(elements);
  }
};

}  // namespace
}  // namespace qutlass::cpu
