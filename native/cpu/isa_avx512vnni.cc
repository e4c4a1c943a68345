// AVX-512 (F, BW, DQ, VL) with VNNI.
#include "cpu/isa.h"
#include "cpu/isa_avx512_vector.h"
#include "cpu/isa_int4_dot.h"
#include "cpu/isa_int4_int4.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel.h"
#include "cpu/isa_int8_vnni.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_rotation_kernels.h"

namespace qutlass::cpu {
namespace {

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

struct Int4Int4Vector {
  using Sums = __m512i;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return _mm512_setzero_si512(); }
  static __m512i low_nibbles(__m512i v) { return _mm512_and_si512(v, _mm512_set1_epi8(0xf)); }
  static __m512i high_nibbles(__m512i v) { return low_nibbles(_mm512_srli_epi16(v, 4)); }
  static __m512i subtract_bytes(__m512i a, __m512i b) { return _mm512_sub_epi8(a, b); }
  static __m512i load_bytes(const int8_t* p) { return _mm512_loadu_si512(p); }
  static Sums multiply_add(Sums sums, __m512i a, __m512i b) {
    return _mm512_dpbusd_epi32(sums, b, a);
  }
  static __m512i widened(Sums sums) { return sums; }
  static int32_t total(__m512i v) { return _mm512_reduce_add_epi32(v); }
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
    4,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {4, int8_tile<Int8Vector, 3, 4>},
     {4, int8_tile<Int8Vector, 4, 4>}},
    {12,
     8,
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
    row_magnitude<Vector>,
    hadamard<Vector>,
    rotate<Vector>,
    Vector::kLanes,
    sum_squares<Vector>,
    {Vector::kLanes * kInt4PerWord,
     sizeof(int8_t),
     prepare_int4<Vector, Int4Int4Vector>,
     4,
     {{4, int4_int4_tile<Vector, Int4Int4Vector, 1, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 2, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 3, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 4, 4>}},
     {}},  // panels were measured to be slower with 8 to 48 rows
};

}  // namespace qutlass::cpu
