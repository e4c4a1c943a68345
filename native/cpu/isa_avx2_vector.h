// Vectors of 256 bits, with what AVX2 and FMA do with them: for isa_*.cc alone (see isa.h).
#pragma once

#include <immintrin.h>

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// A vector that is made here and now. Otherwise gcc reads operands from memory again for each use,
// and puts additions off for which it then has to keep all terms.
[[gnu::always_inline]] inline __m256i in_register(__m256i v) {
  asm("" : "+x"(v));
  return v;
}

// a + b in the place of a, where gcc would otherwise move the sum of a loop twice.
[[gnu::always_inline]] inline __m256i add_in_place(__m256i a, __m256i b) {
  asm("vpaddd %1, %0, %0" : "+x"(a) : "x"(b));
  return a;
}

struct Vector {
  static constexpr int kLanes = 8;
  using Float = __m256;
  using Int = __m256i;

  // All ones in the first `count` lanes.
  static Int first_lanes(int64_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Float zero() { return _mm256_setzero_ps(); }
  static Float broadcast(float value) { return _mm256_set1_ps(value); }
  static Int broadcast(int32_t value) { return _mm256_set1_epi32(value); }
  static Float load(const float* p) { return _mm256_loadu_ps(p); }
  static Int load(const int32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Float load_first(const float* p, int64_t count) {
    return _mm256_maskload_ps(p, first_lanes(count));
  }
  static Int load_first(const int32_t* p, int64_t count) {
    return _mm256_maskload_epi32(p, first_lanes(count));
  }
  static void store(float* p, Float v) { _mm256_storeu_ps(p, v); }
  static void store(int32_t* p, Int v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static void store_result(float* p, Float v) { store(p, v); }
  static void store_first(float* p, Float v, int64_t count) {
    __builtin_memcpy(p, &v, static_cast<size_t>(count) * sizeof(float));
  }
  static void store_bytes(int8_t* p, Int v, int64_t count) {
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    const __m128i bytes = _mm_packs_epi16(words, words);
    if (count == kLanes) {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(p), bytes);
    } else {
      __builtin_memcpy(p, &bytes, static_cast<size_t>(count));
    }
  }
  static void store_bytes(int8_t* p, const Int (&v)[4]) {
    const Int bytes =
        _mm256_packs_epi16(_mm256_packs_epi32(v[0], v[1]), _mm256_packs_epi32(v[2], v[3]));
    const Int order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm256_permutevar8x32_epi32(bytes, order));
  }

  static int32_t total(Int v) {
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(1, 0, 3, 2)));
    return _mm_cvtsi128_si32(_mm_add_epi32(sum, _mm_shuffle_epi32(sum, _MM_SHUFFLE(2, 3, 0, 1))));
  }

  static float total(Float v) {
    __m128 sum = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    sum = _mm_add_ps(sum, _mm_movehl_ps(sum, sum));
    return _mm_cvtss_f32(_mm_add_ss(sum, _mm_movehdup_ps(sum)));
  }

  static float largest(Float v) {
    __m128 most = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    most = _mm_max_ps(most, _mm_movehl_ps(most, most));
    return _mm_cvtss_f32(_mm_max_ss(most, _mm_movehdup_ps(most)));
  }

  static void store_four_totals(const Int* v, int32_t* out) {
    const Int halves =
        _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(out),
        _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1)));
  }

  static Float add(Float a, Float b) { return _mm256_add_ps(a, b); }
  static Int add(Int a, Int b) { return _mm256_add_epi32(a, b); }
  static Float subtract(Float a, Float b) { return _mm256_sub_ps(a, b); }
  static Float multiply(Float a, Float b) { return _mm256_mul_ps(a, b); }
  static Float multiply_add(Float a, Float b, Float c) { return _mm256_fmadd_ps(a, b, c); }
  static Float minimum(Float a, Float b) { return _mm256_min_ps(a, b); }
  static Float maximum(Float a, Float b) { return _mm256_max_ps(a, b); }
  static Int maximum(Int a, Int b) { return _mm256_max_epi32(a, b); }
  static Float round(Float v) {
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float magnitude(Float v) {
    return _mm256_and_ps(v, as_float(_mm256_set1_epi32(0x7fffffff)));
  }
  static Float finite(Float v) {
    const Int infinite = _mm256_set1_epi32(0x7f800000);
    return _mm256_and_ps(v, as_float(_mm256_cmpgt_epi32(infinite, as_int(magnitude(v)))));
  }
  static bool any_not_at_most(Float a, Float b) {
    return _mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_NLE_UQ)) != 0;
  }
  static uint8_t nonzero_lanes(Float v) {
    return static_cast<uint8_t>(_mm256_movemask_ps(_mm256_cmp_ps(v, zero(), _CMP_NEQ_UQ)));
  }
  static Int word(Int v, int) { return v; }
  static Float zero_where_zero(Float v, Float test) {
    return _mm256_andnot_ps(_mm256_cmp_ps(test, zero(), _CMP_EQ_OQ), v);
  }
  static Float where_nan(Float test, Float nan, Float otherwise) {
    return _mm256_blendv_ps(otherwise, nan, _mm256_cmp_ps(test, test, _CMP_UNORD_Q));
  }
  template <int kStride>
  static Float butterfly(Float v) {
    constexpr int kSwapOnes = 0xb1, kSwapPairs = 0x4e;
    const Float other = kStride == 1   ? _mm256_permute_ps(v, kSwapOnes)
                        : kStride == 2 ? _mm256_permute_ps(v, kSwapPairs)
                                       : _mm256_permute2f128_ps(v, v, 1);
    return add(other, _mm256_xor_ps(v, signs<kStride>()));
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return _mm256_srli_epi32(v, kBits);
  }
  template <int kBits>
  static Int shift_right_signed(Int v) {
    return _mm256_srai_epi32(v, kBits);
  }
  static Int shift_left(Int v, int bits) { return _mm256_slli_epi32(v, bits); }
  static Int bit_and(Int a, Int b) { return _mm256_and_si256(a, b); }
  static Int bit_or(Int a, Int b) { return _mm256_or_si256(a, b); }
  static Int masked_or(Int v, Int mask, Int bits) { return bit_or(bit_and(v, mask), bits); }
  static Float as_float(Int v) { return _mm256_castsi256_ps(v); }
  static Int as_int(Float v) { return _mm256_castps_si256(v); }
  static Float to_float(Int v) { return _mm256_cvtepi32_ps(v); }
  static Int to_int(Float v) { return _mm256_cvtps_epi32(v); }

  static void transpose(Int (&v)[kLanes]) {
    Int pairs[kLanes], quads[kLanes];
    for (int i = 0; i < kLanes; i += 2) {
      pairs[i] = _mm256_unpacklo_epi32(v[i], v[i + 1]);
      pairs[i + 1] = _mm256_unpackhi_epi32(v[i], v[i + 1]);
    }
    for (int i = 0; i < kLanes; i += 4) {
      for (int j = 0; j < 2; ++j) {
        quads[i + 2 * j] = _mm256_unpacklo_epi64(pairs[i + j], pairs[i + j + 2]);
        quads[i + 2 * j + 1] = _mm256_unpackhi_epi64(pairs[i + j], pairs[i + j + 2]);
      }
    }
    for (int i = 0; i < 4; ++i) {
      v[i] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x20);
      v[i + 4] = _mm256_permute2x128_si256(quads[i], quads[i + 4], 0x31);
    }
  }

  template <typename Get>
  [[gnu::always_inline]] static auto collect(Get get) {
    return setr(get(0), get(1), get(2), get(3), get(4), get(5), get(6), get(7));
  }
  static Float setr(float a, float b, float c, float d, float e, float f, float g, float h) {
    return _mm256_setr_ps(a, b, c, d, e, f, g, h);
  }
  static Int setr(int32_t a, int32_t b, int32_t c, int32_t d, int32_t e, int32_t f, int32_t g,
                  int32_t h) {
    return _mm256_setr_epi32(a, b, c, d, e, f, g, h);
  }

 private:
  // A minus in the lanes whose index has the bit.
  template <int kBit>
  static Float signs() {
    constexpr float kMinus[] = {0.0f, -0.0f};
    const auto sign = [&](int lane) { return kMinus[(lane & kBit) != 0]; };
    return _mm256_setr_ps(sign(0), sign(1), sign(2), sign(3), sign(4), sign(5), sign(6), sign(7));
  }
};

struct Int4Vector : Vector {
  template <int kNibble>
  static Int nibbles(Int words) {
    const Int shifted = kNibble == 0 ? words : _mm256_srli_epi16(words, 4 * kNibble);
    return kNibble == 3 ? shifted : _mm256_and_si256(shifted, _mm256_set1_epi16(0xf));
  }
  using Vector::multiply;
  static Int multiply(Int a, Int b) { return _mm256_mullo_epi32(a, b); }
  static Int subtract_8(Int a, Int b) { return _mm256_sub_epi8(a, b); }
  static Int subtract_16(Int a, Int b) { return _mm256_sub_epi16(a, b); }
  static Int zero_int() { return _mm256_setzero_si256(); }
  static Int load_words(const int32_t* x) { return in_register(load(x)); }
  static Int dot(Int sums, Int a, Int b) { return add_in_place(sums, _mm256_madd_epi16(a, b)); }
  static Int add_16(Int a, Int b) { return _mm256_add_epi16(a, b); }
  static Int subtract_32(Int a, Int b) { return _mm256_sub_epi32(a, b); }
  static Int odd_bytes(Int v) { return _mm256_srai_epi16(v, 8); }
  static Int even_bytes(Int v) { return _mm256_maddubs_epi16(_mm256_set1_epi16(1), v); }
  static void interleave(Int& a, Int& b) {
    const Int low = _mm256_unpacklo_epi32(a, b), high = _mm256_unpackhi_epi32(a, b);
    a = _mm256_permute2x128_si256(low, high, 0x20);
    b = _mm256_permute2x128_si256(low, high, 0x31);
  }
  static Int low_nibbles(Int words) { return _mm256_and_si256(words, _mm256_set1_epi8(0xf)); }
  static Int high_nibbles(Int words) { return low_nibbles(_mm256_srli_epi16(words, 4)); }
  static Int high_nibbles_in_place(Int words) {
    return _mm256_and_si256(words, _mm256_set1_epi8(static_cast<char>(0xf0)));
  }
  static Int load_bytes(const int8_t* x) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x));
  }
};

}  // namespace
}  // namespace qutlass::cpu
