// AVX-512 (F, BW, DQ, VL) with VNNI.
#include "cpu/isa.h"
#include "cpu/isa_avx512_vector.h"
#include "cpu/isa_block_integers.h"
#include "cpu/isa_epilogue.h"
#include "cpu/isa_int4_byte_dot.h"
#include "cpu/isa_int4_byte_panel.h"
#include "cpu/isa_int4_int4.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_lanes.h"
#include "cpu/isa_int4_vnni.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel_table.h"
#include "cpu/isa_int8_vnni.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_rotation_kernels.h"

namespace qutlass::cpu {
namespace {

// Weights have 128 added (isa_int8_vnni.h).
struct Int8Vector {
  using Sums = __m512i;
  using Values = __m512i;
  using Row = __m512i;
  static constexpr int kWords = 16;
  static constexpr int kRowsToAskAhead = 1;
  static constexpr int64_t kMostSums = int64_t{1} << 30;
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
  // In the place of the sums: for the compilers' own, gcc moves those of a loop to and fro.
  static Sums multiply_add(Sums sums, Values a, Values b) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(b), "v"(a));
    return sums;
  }
  // With a load in the same instruction.
  static Sums multiply_add(Sums sums, const int8_t* a, Values b) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(b), "m"(*reinterpret_cast<const __m512i_u*>(a)));
    return sums;
  }
  static Sums begun(Sums total) { return total; }
  static Sums ended(Sums, Sums sums) { return sums; }
  static int32_t total(Sums sums) { return _mm512_reduce_add_epi32(sums); }
  static void store_four_totals(const Sums* sums, int32_t* out) {
    const auto halves = [](Sums v) __attribute__((always_inline)) {
      return _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    };
    const __m256i quarters = _mm256_hadd_epi32(_mm256_hadd_epi32(halves(sums[0]), halves(sums[1])),
                                               _mm256_hadd_epi32(halves(sums[2]), halves(sums[3])));
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(out),
        _mm_add_epi32(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1)));
  }
};

struct Int4Vector : Vector {
  using Vector::multiply;
  static Int multiply(Int a, Int b) { return _mm512_mullo_epi32(a, b); }
  static Int subtract_8(Int a, Int b) { return _mm512_sub_epi8(a, b); }
  static Int subtract_32(Int a, Int b) { return _mm512_sub_epi32(a, b); }
  static Int zero_int() { return _mm512_setzero_si512(); }
  // Once: gcc would read them from memory for each use.
  static Int load_words(const int32_t* x) {
    Int words = load(x);
    asm("" : "+v"(words));
    return words;
  }
  static Float magnitude(Float v) { return _mm512_abs_ps(v); }
  static float largest(Float v) { return _mm512_reduce_max_ps(v); }
  static void add_four_totals(const Float* v, float* out) {
    const Float ab = add(_mm512_unpacklo_ps(v[0], v[1]), _mm512_unpackhi_ps(v[0], v[1]));
    const Float cd = add(_mm512_unpacklo_ps(v[2], v[3]), _mm512_unpackhi_ps(v[2], v[3]));
    const Float quarters = add(_mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(1, 0, 1, 0)),
                               _mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 2, 3, 2)));
    const __m256 halves =
        _mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1));
    const __m128 totals =
        _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
    _mm_storeu_ps(out, _mm_add_ps(_mm_loadu_ps(out), totals));
  }
  static Int low_nibbles(Int words) { return _mm512_and_si512(words, _mm512_set1_epi8(0xf)); }
  static Int high_nibbles(Int words) { return low_nibbles(_mm512_srli_epi16(words, 4)); }
  template <int kVectors, int kParts>
  [[gnu::always_inline]] static Int leaf_sum(const Int* even, const Int* odd, const int8_t* x) {
    return vnni_leaf_sum<Int4Vector, Int8Vector, kVectors, kParts>(even, odd, x);
  }
  static Int add_halves(Int a, Int b) {
    constexpr int kHighOfB = 0xcccc, kHighOfALowOfB = 0x55;
    const __m512d shuffled =
        _mm512_shuffle_pd(_mm512_castsi512_pd(a), _mm512_castsi512_pd(b), kHighOfALowOfB);
    return add(_mm512_mask_mov_epi32(a, kHighOfB, b), _mm512_castpd_si512(shuffled));
  }
  static Int add_quarters(Int a, Int b) {
    const Float ab = _mm512_castsi512_ps(a), cd = _mm512_castsi512_ps(b);
    return add(_mm512_castps_si512(_mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(2, 0, 2, 0))),
               _mm512_castps_si512(_mm512_shuffle_ps(ab, cd, _MM_SHUFFLE(3, 1, 3, 1))));
  }
  static Int in_group_order(Int v) {
    return _mm512_permutexvar_epi32(
        _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), v);
  }
  static Float load_repeated(const float* p) { return _mm512_broadcast_f32x4(_mm_loadu_ps(p)); }
  static Int load_repeated(const int32_t* p) {
    return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Float load_first_repeated(const float* p, int64_t count) {
    return _mm512_broadcast_f32x4(_mm_maskz_loadu_ps(first_lanes(count), p));
  }
  static Int load_first_repeated(const int32_t* p, int64_t count) {
    return _mm512_broadcast_i32x4(_mm_maskz_loadu_epi32(first_lanes(count), p));
  }
  static Float load_doubled(const float* p) { return doubled(_mm256_loadu_ps(p)); }
  static Int load_doubled(const int32_t* p) {
    return _mm512_castps_si512(load_doubled(reinterpret_cast<const float*>(p)));
  }
  static Float load_first_doubled(const float* p, int64_t count) {
    return doubled(_mm256_maskz_loadu_ps(first_lanes(count), p));
  }
  static Int load_first_doubled(const int32_t* p, int64_t count) {
    return _mm512_castps_si512(load_first_doubled(reinterpret_cast<const float*>(p), count));
  }

  template <int kParts>
  static Float spread(const float* p) {
    static_assert(kParts == 1 || kParts == 2 || kParts == 4);
    if constexpr (kParts == 1) {
      return broadcast(*p);
    } else if constexpr (kParts == 2) {
      const Int both =
          _mm512_broadcastq_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
      return _mm512_permutexvar_ps(
          _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), as_float(both));
    } else {
      return _mm512_permutevar_ps(
          load_repeated(p), _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3));
    }
  }
  template <int kParts>
  static Int spread(const int32_t* p) {
    return as_int(spread<kParts>(reinterpret_cast<const float*>(p)));
  }

 private:
  static Float doubled(__m256 v) {
    return _mm512_permutexvar_ps(_mm512_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7),
                                 _mm512_castps256_ps512(v));
  }
};

struct Int4Int4Vector {
  using Sums = __m512i;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return _mm512_setzero_si512(); }
  static __m512i low_nibbles(__m512i v) { return _mm512_and_si512(v, _mm512_set1_epi8(0xf)); }
  static __m512i high_nibbles(__m512i v) { return low_nibbles(_mm512_srli_epi16(v, 4)); }
  static __m512i subtract_8(__m512i a, __m512i b) { return _mm512_sub_epi8(a, b); }
  static __m512i load_bytes(const int8_t* p) { return _mm512_loadu_si512(p); }
  static Sums multiply_add(Sums sums, __m512i a, __m512i b) {
    return _mm512_dpbusd_epi32(sums, b, a);
  }
  static __m512i widened(Sums sums) { return sums; }
  static int32_t total(__m512i v) { return _mm512_reduce_add_epi32(v); }
};

// Panels fit the first-level cache: larger ones were slower.
constexpr int64_t kPanelElements = 1024;

constexpr Int4Dots kInt4Dots[] = {int4_byte_dots<Int4Vector, BlockIntegers::kParts, 2>(),
                                  int4_byte_dots<Int4Vector, BlockIntegers::kParts, 1>(),
                                  int4_byte_dots_of_groups<Int4Vector, BlockIntegers::kParts, 2>(),
                                  int4_byte_dots_of_groups<Int4Vector, BlockIntegers::kParts, 4>()};
constexpr Int4Dots kInt8Int4Dots[] = {int4_lane_dots<Int4Vector, Int8Vector, 1>(),
                                      int4_lane_dots<Int4Vector, Int8Vector, 2>(),
                                      int4_lane_dots<Int4Vector, Int8Vector, 4>()};

// For activations of so many parts.
template <int kParts, size_t kDotsCount>
constexpr Int4Kernels int4_kernels(const Int4Dots (&dots)[kDotsCount], int least_panel_rows) {
  return {dots,
          kDotsCount,
          {Int4Order::kUnsignedBytes,
           12,
           least_panel_rows,
           2 * Vector::kLanes,
           kPanelElements,
           pack_int4_byte_panel<Int4Vector, Int8Vector, 2, kParts>,
           {int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 1>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 2>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 3>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 4>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 5>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 6>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 7>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 8>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 9>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 10>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 11>,
            int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 12>}}};
}

constexpr PreparedForm kPreparedInt8 = {Int8Vector::kWords * kInt8PerWord,
                                        Int8Vector::kWords* kInt8PerWord, 0,
                                        prepare_int8_vnni<Vector, Int8Vector>};

constexpr Int8Panels kInt8PanelsToKeep =
    int8_panels_to_keep<Vector, Int8Vector, 2, 12>(kPanelElements, kPreparedInt8);
constexpr KeptInt8Panels kKeptInt8Panels = {&kInt8PanelsToKeep, 0, Int8Vector::kWords};

}  // namespace

constexpr Isa kAvx512VnniIsa = {
    "avx512vnni",
    {kPreparedInt8,
     4,
     {{4, int8_tile<Int8Vector, 1, 4>},
      {4, int8_tile<Int8Vector, 2, 4>},
      {4, int8_tile<Int8Vector, 3, 4>},
      {4, int8_tile<Int8Vector, 4, 4>}},
     int8_panels<Vector, Int8Vector, 2, 12>(8, kPanelElements, kPreparedInt8),
     &kKeptInt8Panels},
    Vector::kLanes,
    int4_kernels<BlockIntegers::kParts>(kInt4Dots, 5),
    int4_kernels<BlockIntegers::kPartsOfBytes>(kInt8Int4Dots, 5),
    largest_magnitude<Int4Vector>,
    make_block_integers,
    2 * Vector::kLanes,
    unpack_int4<Vector, 2>,
    8,
    {int4_tile<Vector, 2, 1>, int4_tile<Vector, 2, 2>, int4_tile<Vector, 2, 3>,
     int4_tile<Vector, 2, 4>, int4_tile<Vector, 2, 5>, int4_tile<Vector, 2, 6>,
     int4_tile<Vector, 2, 7>, int4_tile<Vector, 2, 8>},
    finish_int8<Vector>,
    finish_int4<Vector>,
    quantize_row<Vector>,
    quantize_columns<Vector>,
    row_magnitude<Vector>,
    hadamard<Vector>,
    rotate<Vector>,
    Vector::kLanes,
    sum_squares<Vector>,
    {{Vector::kLanes * kInt4PerWord, Vector::kLanes* kInt4PerWord, 0,
      prepare_int4<Vector, Int4Int4Vector>},
     4,
     {{4, int4_int4_tile<Vector, Int4Int4Vector, 1, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 2, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 3, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 4, 4>}},
     {}},  // panels were measured to be slower with 8 to 512 rows
};
static_assert(panels_fit(kAvx512VnniIsa));

}  // namespace qutlass::cpu
