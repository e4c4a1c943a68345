// NEON with the dot product of bytes (FEAT_DotProd, "asimddp").
#include <arm_neon.h>

#include "cpu/isa.h"
#include "cpu/isa_epilogue.h"
#include "cpu/isa_int4_dot.h"
#include "cpu/isa_int4_int4.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_rotation_kernels.h"

namespace qutlass::cpu {
namespace {

struct Vector {
  static constexpr int kLanes = 4;
  using Float = float32x4_t;
  using Int = int32x4_t;

  static Float zero() { return vdupq_n_f32(0.0f); }
  static Float broadcast(float value) { return vdupq_n_f32(value); }
  static Int broadcast(int32_t value) { return vdupq_n_s32(value); }
  static Float load(const float* p) { return vld1q_f32(p); }
  static Int load(const int32_t* p) { return vld1q_s32(p); }
  static Float load_first(const float* p, int64_t count) {
    float first[kLanes] = {};
    for (int64_t lane = 0; lane < kLanes && lane < count; ++lane) first[lane] = p[lane];
    return load(first);
  }
  static Int load_first(const int32_t* p, int64_t count) {
    int32_t first[kLanes] = {};
    for (int64_t lane = 0; lane < kLanes && lane < count; ++lane) first[lane] = p[lane];
    return load(first);
  }
  static void store(float* p, Float v) { vst1q_f32(p, v); }
  static void store(int32_t* p, Int v) { vst1q_s32(p, v); }
  static void store_result(float* p, Float v) { store(p, v); }
  static void store_first(float* p, Float v, int64_t count) {
    __builtin_memcpy(p, &v, static_cast<size_t>(count) * sizeof(float));
  }
  static void store_bytes(int8_t* p, Int v, int64_t count) {
    const int16x4_t words = vqmovn_s32(v);
    const int8x8_t bytes = vqmovn_s16(vcombine_s16(words, words));
    if (count == kLanes) {
      __builtin_memcpy(p, &bytes, kLanes);
    } else {
      __builtin_memcpy(p, &bytes, static_cast<size_t>(count));
    }
  }
  static void store_bytes(int8_t* p, const Int (&v)[4]) {
    const int16x8_t first = vcombine_s16(vqmovn_s32(v[0]), vqmovn_s32(v[1]));
    const int16x8_t second = vcombine_s16(vqmovn_s32(v[2]), vqmovn_s32(v[3]));
    vst1q_s8(p, vcombine_s8(vqmovn_s16(first), vqmovn_s16(second)));
  }

  static Float add(Float a, Float b) { return vaddq_f32(a, b); }
  static Int add(Int a, Int b) { return vaddq_s32(a, b); }
  static Float subtract(Float a, Float b) { return vsubq_f32(a, b); }
  static Float multiply(Float a, Float b) { return vmulq_f32(a, b); }
  static Float multiply_add(Float a, Float b, Float c) { return vfmaq_f32(c, a, b); }
  // b where one is NaN, as the other instruction sets have it.
  static Float minimum(Float a, Float b) { return vbslq_f32(vcltq_f32(a, b), a, b); }
  static Float maximum(Float a, Float b) { return vbslq_f32(vcgtq_f32(a, b), a, b); }
  static Int maximum(Int a, Int b) { return vmaxq_s32(a, b); }
  static Float round(Float v) { return vrndnq_f32(v); }
  static Float zero_where_zero(Float v, Float test) {
    return vbslq_f32(vceqzq_f32(test), zero(), v);
  }
  static Float where_nan(Float test, Float nan, Float otherwise) {
    return vbslq_f32(vceqq_f32(test, test), otherwise, nan);
  }
  template <int kStride>
  static Float butterfly(Float v) {
    const Float other = kStride == 1 ? vrev64q_f32(v) : vextq_f32(v, v, 2);
    constexpr uint32_t kMinus = 0x80000000u;
    const uint32x4_t signs = {0, kStride == 1 ? kMinus : 0, kStride == 2 ? kMinus : 0, kMinus};
    return vaddq_f32(other, vreinterpretq_f32_u32(veorq_u32(vreinterpretq_u32_f32(v), signs)));
  }
  template <int kBits>
  static Int shift_right(Int v) {
    return vreinterpretq_s32_u32(vshrq_n_u32(vreinterpretq_u32_s32(v), kBits));
  }
  static Int shift_left(Int v, int bits) { return vshlq_s32(v, vdupq_n_s32(bits)); }
  static Int bit_and(Int a, Int b) { return vandq_s32(a, b); }
  static Int bit_or(Int a, Int b) { return vorrq_s32(a, b); }
  static Int masked_or(Int v, Int mask, Int bits) { return bit_or(bit_and(v, mask), bits); }
  static Float as_float(Int v) { return vreinterpretq_f32_s32(v); }
  static Int as_int(Float v) { return vreinterpretq_s32_f32(v); }
  static Float to_float(Int v) { return vcvtq_f32_s32(v); }
  static Int to_int(Float v) { return vcvtq_s32_f32(v); }

  static void transpose(Int (&v)[kLanes]) {
    const int64x2_t low_01 = vreinterpretq_s64_s32(vtrn1q_s32(v[0], v[1]));
    const int64x2_t high_01 = vreinterpretq_s64_s32(vtrn2q_s32(v[0], v[1]));
    const int64x2_t low_23 = vreinterpretq_s64_s32(vtrn1q_s32(v[2], v[3]));
    const int64x2_t high_23 = vreinterpretq_s64_s32(vtrn2q_s32(v[2], v[3]));
    v[0] = vreinterpretq_s32_s64(vtrn1q_s64(low_01, low_23));
    v[1] = vreinterpretq_s32_s64(vtrn1q_s64(high_01, high_23));
    v[2] = vreinterpretq_s32_s64(vtrn2q_s64(low_01, low_23));
    v[3] = vreinterpretq_s32_s64(vtrn2q_s64(high_01, high_23));
  }

  template <typename Get>
  [[gnu::always_inline]] static auto collect(Get get) {
    const decltype(get(0)) elements[kLanes] = {get(0), get(1), get(2), get(3)};
    return load(elements);
  }
};

// There is no sum of two adjacent 16-bit products: smlal and smlal2 add those of a vector's lower
// half and of its upper half. So lanes mix words, of which all belong to one group.
struct Int4Vector : Vector {
  template <int kNibble>
  static Int nibbles(Int words) {
    const uint16x8_t halves = vreinterpretq_u16_s32(words);
    const uint16x8_t shifted = vshlq_u16(halves, vdupq_n_s16(-4 * kNibble));
    return vreinterpretq_s32_u16(vandq_u16(shifted, vdupq_n_u16(0xf)));
  }
  using Vector::multiply;
  static Int multiply(Int a, Int b) { return vmulq_s32(a, b); }
  static Int zero_int() { return vdupq_n_s32(0); }
  static Int dot(Int sums, Int a, Int b) {
    const int16x8_t x = vreinterpretq_s16_s32(a), w = vreinterpretq_s16_s32(b);
    return vmlal_high_s16(vmlal_s16(sums, vget_low_s16(x), vget_low_s16(w)), x, w);
  }
  static Int gather(Int sums) { return vsetq_lane_s32(vaddvq_s32(sums), zero_int(), 0); }
  static Float magnitude(Float v) { return vabsq_f32(v); }
  static float largest(Float v) { return vmaxvq_f32(v); }
  static float total(Float v) { return vaddvq_f32(v); }
  template <int kParts>
  static Float spread(const float* p) {
    static_assert(kParts == 1, "a vector of words is of one group");
    return vdupq_n_f32(*p);
  }
  template <int kParts>
  static Int spread(const int32_t* p) {
    static_assert(kParts == 1, "a vector of words is of one group");
    return vdupq_n_s32(*p);
  }
};

// In panels lanes are columns, so that the weights that are made for one have the first 16-bit
// elements of all lanes in the lower half of a vector, the second ones in the upper half. A row's
// pair is in every lane.
struct Int4PanelVector : Int4Vector {
  static Int subtract_16(Int a, Int b) {
    const int16x8_t pairs = vsubq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b));
    return vreinterpretq_s32_s16(vcombine_s16(vget_low_s16(vuzp1q_s16(pairs, pairs)),
                                              vget_low_s16(vuzp2q_s16(pairs, pairs))));
  }
  static Int load_words(const int32_t* x) { return load(x); }
  static Int dot(Int sums, Int row, Int columns) {
    const int16x4_t pair = vget_low_s16(vreinterpretq_s16_s32(row));
    const int16x8_t w = vreinterpretq_s16_s32(columns);
    return vmlal_high_lane_s16(vmlal_lane_s16(sums, vget_low_s16(w), pair, 0), w, pair, 1);
  }
};

struct Int8Vector {
  using Sums = int32x4_t;
  using Values = int32x4_t;
  using Row = int32x4_t;
  static constexpr int kWords = 4;
  static constexpr int kRowsToAskAhead = 0;
  static constexpr int kPreparedBytes = 16;

  static Sums zero() { return vdupq_n_s32(0); }
  static Values load_prepared(const char* p) {
    return vreinterpretq_s32_s8(vld1q_s8(reinterpret_cast<const int8_t*>(p)));
  }
  static Values load(const int32_t* words) { return Vector::load(words); }
  static Values load_first(const int32_t* words, int64_t count) {
    return Vector::load_first(words, count);
  }
  static Sums multiply_add(Sums sums, Values a, Values b) {
    return vdotq_s32(sums, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
  }
  static int32_t total(Sums sums) { return vaddvq_s32(sums); }
  static void store_four_totals(const Sums* sums, int32_t* out) {
    vst1q_s32(out, vpaddq_s32(vpaddq_s32(sums[0], sums[1]), vpaddq_s32(sums[2], sums[3])));
  }
};

struct Int4Int4Vector {
  using Sums = int32x4_t;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return vdupq_n_s32(0); }
  static int32x4_t low_nibbles(int32x4_t v) { return vandq_s32(v, vdupq_n_s32(0x0f0f0f0f)); }
  static int32x4_t high_nibbles(int32x4_t v) {
    return vreinterpretq_s32_u8(vshrq_n_u8(vreinterpretq_u8_s32(v), 4));
  }
  static int32x4_t subtract_8(int32x4_t a, int32x4_t b) {
    return vreinterpretq_s32_s8(vsubq_s8(vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b)));
  }
  static int32x4_t load_bytes(const int8_t* p) { return vreinterpretq_s32_s8(vld1q_s8(p)); }
  static Sums multiply_add(Sums sums, int32x4_t a, int32x4_t b) {
    return vdotq_s32(sums, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
  }
  static int32x4_t widened(Sums sums) { return sums; }
  static int32_t total(int32x4_t v) { return vaddvq_s32(v); }
};

// Prepared rows are the rows, filled up with zeros to whole vectors.
int32_t prepare_int8(const int32_t* row, int64_t words, void* prepared) {
  int32_t* out = static_cast<int32_t*>(prepared);
  int64_t word = 0;
  for (; word + Vector::kLanes <= words; word += Vector::kLanes) {
    Vector::store(out + word, Vector::load(row + word));
  }
  if (word < words) Vector::store(out + word, Vector::load_first(row + word, words - word));
  return 0;
}

// Groups of 128, of 64 and of 32 are whole blocks of activations.
constexpr Int4Dots kInt4Dots[] = {int4_dots<Int4Vector, 4, 1, 2, 4>(),
                                  int4_dots<Int4Vector, 2, 1, 2, 4>(),
                                  int4_dots<Int4Vector, 1, 1, 2, 4>()};

constexpr int64_t kPanelElements = 1024;

constexpr PreparedForm kPreparedInt8 = {Vector::kLanes * kInt8PerWord, Vector::kLanes* kInt8PerWord,
                                        0, prepare_int8};
constexpr PreparedForm kPreparedInt4 = {Vector::kLanes * kInt4PerWord, Vector::kLanes* kInt4PerWord,
                                        0, prepare_int4<Vector, Int4Int4Vector>};

}  // namespace

constexpr Isa kNeonDotIsa = {
    "neondot",
    {kPreparedInt8,
     4,
     {{4, int8_tile<Int8Vector, 1, 4>},
      {4, int8_tile<Int8Vector, 2, 4>},
      {4, int8_tile<Int8Vector, 3, 4>},
      {4, int8_tile<Int8Vector, 4, 4>}},
     {6,
      8,
      4 * Vector::kLanes,
      kPanelElements,
      kPreparedInt8,
      pack_int8_panel<Vector, Int8Vector, 4>,
      {int8_panel_tile<Vector, Int8Vector, 4, 1>, int8_panel_tile<Vector, Int8Vector, 4, 2>,
       int8_panel_tile<Vector, Int8Vector, 4, 3>, int8_panel_tile<Vector, Int8Vector, 4, 4>,
       int8_panel_tile<Vector, Int8Vector, 4, 5>, int8_panel_tile<Vector, Int8Vector, 4, 6>}}},
    Vector::kLanes,
    {kInt4Dots,
     sizeof kInt4Dots / sizeof *kInt4Dots,
     {Int4Order::kHalves,
      6,
      8,
      4 * Vector::kLanes,
      kPanelElements,
      pack_int4_panel<Int4PanelVector, 4>,
      {int4_panel_tile<Int4PanelVector, 4, 1>, int4_panel_tile<Int4PanelVector, 4, 2>,
       int4_panel_tile<Int4PanelVector, 4, 3>, int4_panel_tile<Int4PanelVector, 4, 4>,
       int4_panel_tile<Int4PanelVector, 4, 5>, int4_panel_tile<Int4PanelVector, 4, 6>}}},
    {},  // int8 times int4 is done with integers of two bytes
    largest_magnitude<Int4Vector>,
    nullptr,
    nullptr,
    4 * Vector::kLanes,
    unpack_int4<Vector, 4>,
    6,
    {int4_tile<Vector, 4, 1>, int4_tile<Vector, 4, 2>, int4_tile<Vector, 4, 3>,
     int4_tile<Vector, 4, 4>, int4_tile<Vector, 4, 5>, int4_tile<Vector, 4, 6>},
    finish_int8<Vector>,
    finish_int4<Vector>,
    quantize_row<Vector>,
    quantize_columns<Vector>,
    row_magnitude<Vector>,
    hadamard<Vector>,
    rotate<Vector>,
    Vector::kLanes,
    sum_squares<Vector>,
    {kPreparedInt4,
     4,
     {{4, int4_int4_tile<Vector, Int4Int4Vector, 1, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 2, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 3, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 4, 4>}},
     {6,
      32,
      4 * Vector::kLanes,
      kPanelElements,
      kPreparedInt4,
      pack_int4_int4_panel<Vector, Int4Int4Vector, 4>,
      {int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 1>,
       int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 2>,
       int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 3>,
       int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 4>,
       int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 5>,
       int4_int4_panel_tile<Vector, Int4Int4Vector, 4, 6>}}},
};
static_assert(panels_fit(kNeonDotIsa));

}  // namespace qutlass::cpu
