// AVX-512 (F, BW, DQ, VL) with VNNI.
#include <immintrin.h>

#include "cpu/isa.h"
#include "cpu/isa_int4_dot.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel.h"
#include "cpu/isa_int8_vnni.h"
#include "cpu/isa_quantize_kernels.h"

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
  static void store_bytes(int8_t* p, Int v, int64_t count) {
    _mm512_mask_cvtepi32_storeu_epi8(p, first_lanes(count), v);
  }

  static Float add(Float a, Float b) { return _mm512_add_ps(a, b); }
  static Int add(Int a, Int b) { return _mm512_add_epi32(a, b); }
  static Float subtract(Float a, Float b) { return _mm512_sub_ps(a, b); }
  static Float multiply(Float a, Float b) { return _mm512_mul_ps(a, b); }
  static Float multiply_add(Float a, Float b, Float c) { return _mm512_fmadd_ps(a, b, c); }
  static Float minimum(Float a, Float b) { return _mm512_min_ps(a, b); }
  static Float maximum(Float a, Float b) { return _mm512_max_ps(a, b); }
  static Float round(Float v) {
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  }
  static Float zero_where_zero(Float v, Float test) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(test, zero(), _CMP_NEQ_UQ), v);
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return _mm512_srli_epi32(v, kBits);
  }
  static Int shift_left(Int v, int bits) { return _mm512_slli_epi32(v, bits); }
  static Int bit_and(Int a, Int b) { return _mm512_and_si512(a, b); }
  static Int bit_or(Int a, Int b) { return _mm512_or_si512(a, b); }
  static Int masked_or(Int v, Int mask, Int bits) {
    constexpr int kAndThenOr = 0xea;  // the truth table of (v & mask) | bits
    return _mm512_ternarylogic_epi32(v, mask, bits, kAndThenOr);
  }
  static Float as_float(Int v) { return _mm512_castsi512_ps(v); }
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

struct Int4Vector : Vector {
  template <int kNibble>
  static Int nibbles(Int words) {
    const Int shifted = kNibble == 0 ? words : _mm512_srli_epi16(words, 4 * kNibble);
    return kNibble == 3 ? shifted : _mm512_and_si512(shifted, _mm512_set1_epi16(0xf));
  }
  using Vector::multiply;
  static Int multiply(Int a, Int b) { return _mm512_mullo_epi32(a, b); }
  static Int subtract_16(Int a, Int b) { return _mm512_sub_epi16(a, b); }
  static Int zero_int() { return _mm512_setzero_si512(); }
  static Int load_16(const int16_t* x) { return _mm512_loadu_si512(x); }
  static Int load_words(const int32_t* x) { return load(x); }
  static Int dot(Int sums, Int a, Int b) { return _mm512_dpwssd_epi32(sums, a, b); }
  static Float magnitude(Float v) { return _mm512_abs_ps(v); }
  static float largest(Float v) { return _mm512_reduce_max_ps(v); }
  static float total(Float v) { return _mm512_reduce_add_ps(v); }
  // Lanes take element lane / (kLanes / kParts) of each 128 bits.
  template <int kParts>
  static Float spread(const float* p) {
    if (kParts == 1) return _mm512_set1_ps(*p);
    return _mm512_permutevar_ps(_mm512_castsi512_ps(repeat<kParts>(p)), part_of_lane<kParts>());
  }
  template <int kParts>
  static Int spread(const int32_t* p) {
    if (kParts == 1) return _mm512_set1_epi32(*p);
    return _mm512_castps_si512(spread<kParts>(reinterpret_cast<const float*>(p)));
  }

 private:
  // p[0 ... kParts - 1] in every 128 bits.
  template <int kParts>
  static Int repeat(const void* p) {
    if (kParts == 2) {
      long long pair;
      __builtin_memcpy(&pair, p, sizeof pair);
      return _mm512_set1_epi64(pair);
    }
    return _mm512_broadcast_i32x4(_mm_loadu_si128(static_cast<const __m128i*>(p)));
  }
  template <int kParts>
  static Int part_of_lane() {
    if (kParts == 2) return _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
    return _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  }
};

// Weights have 128 added (isa_int8_vnni.h).
struct Int8Vector {
  using Sums = __m512i;
  using Values = __m512i;
  static constexpr int kWords = 16;
  static constexpr int kPreparedBytes = 64;

  static Values add_128(Values v) {
    return _mm512_xor_si512(v, _mm512_set1_epi8(static_cast<char>(0x80)));
  }
  static Sums zero() { return _mm512_setzero_si512(); }
  static Values load_prepared(const char* p) { return _mm512_loadu_si512(p); }
  static Values load(const int32_t* words) { return add_128(_mm512_loadu_si512(words)); }
  static Values load_first(const int32_t* words, int64_t count) {
    return add_128(Vector::load_first(words, count));
  }
  static Sums multiply_add(Sums sums, Values a, Values b) {
    return _mm512_dpbusd_epi32(sums, b, a);
  }
  static int32_t total(Sums sums) { return _mm512_reduce_add_epi32(sums); }
};

constexpr Int4Dots kInt4Dots[] = {
    int4_dots<Int4Vector, 2, 1, 4, 4>(), int4_dots<Int4Vector, 1, 1, 4, 4>(),
    int4_dots<Int4Vector, 1, 2, 4, 4>(), int4_dots<Int4Vector, 1, 4, 4, 4>()};

}  // namespace

const Isa kAvx512VnniIsa = {
    "avx512vnni",
    Int8Vector::kWords* kInt8PerWord,
    sizeof(int8_t),
    prepare_int8_vnni<Vector, Int8Vector>,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {4, int8_tile<Int8Vector, 3, 4>},
     {4, int8_tile<Int8Vector, 4, 4>}},
    {12,
     2 * Vector::kLanes,
     pack_int8_panel<Vector, Int8Vector, 2>,
     {int8_panel_tile<Vector, Int8Vector, 2, 1>, int8_panel_tile<Vector, Int8Vector, 2, 2>,
      int8_panel_tile<Vector, Int8Vector, 2, 3>, int8_panel_tile<Vector, Int8Vector, 2, 4>,
      int8_panel_tile<Vector, Int8Vector, 2, 5>, int8_panel_tile<Vector, Int8Vector, 2, 6>,
      int8_panel_tile<Vector, Int8Vector, 2, 7>, int8_panel_tile<Vector, Int8Vector, 2, 8>,
      int8_panel_tile<Vector, Int8Vector, 2, 9>, int8_panel_tile<Vector, Int8Vector, 2, 10>,
      int8_panel_tile<Vector, Int8Vector, 2, 11>, int8_panel_tile<Vector, Int8Vector, 2, 12>}},
    Vector::kLanes,
    kInt4Dots,
    sizeof kInt4Dots / sizeof *kInt4Dots,
    {12,
     2 * Vector::kLanes,
     pack_int4_panel<Int4Vector, 2>,
     {int4_panel_tile<Int4Vector, 2, 1>, int4_panel_tile<Int4Vector, 2, 2>,
      int4_panel_tile<Int4Vector, 2, 3>, int4_panel_tile<Int4Vector, 2, 4>,
      int4_panel_tile<Int4Vector, 2, 5>, int4_panel_tile<Int4Vector, 2, 6>,
      int4_panel_tile<Int4Vector, 2, 7>, int4_panel_tile<Int4Vector, 2, 8>,
      int4_panel_tile<Int4Vector, 2, 9>, int4_panel_tile<Int4Vector, 2, 10>,
      int4_panel_tile<Int4Vector, 2, 11>, int4_panel_tile<Int4Vector, 2, 12>}},
    largest_magnitude<Int4Vector>,
    2 * Vector::kLanes,
    unpack_int4<Vector, 2>,
    8,
    {int4_tile<Vector, 2, 1>, int4_tile<Vector, 2, 2>, int4_tile<Vector, 2, 3>,
     int4_tile<Vector, 2, 4>, int4_tile<Vector, 2, 5>, int4_tile<Vector, 2, 6>,
     int4_tile<Vector, 2, 7>, int4_tile<Vector, 2, 8>},
    quantize_row<Vector>,
    quantize_columns<Vector>,
};

}  // namespace qutlass::cpu
