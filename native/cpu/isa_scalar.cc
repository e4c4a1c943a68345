// Plain C++: any processor. A "vector" is one 32-bit element.
#include "cpu/isa.h"
#include "cpu/isa_epilogue.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_rotation_kernels.h"
#include "cpu/rounding.h"

namespace qutlass::cpu {
namespace {

struct Vector {
  static constexpr int kLanes = 1;
  using Float = float;
  using Int = int32_t;

  static Float zero() { return 0.0f; }
  static Float broadcast(float value) { return value; }
  static Int broadcast(int32_t value) { return value; }
  static Float load(const float* p) { return *p; }
  static Int load(const int32_t* p) { return *p; }
  static Float load_first(const float* p, int64_t) { return *p; }
  static Int load_first(const int32_t* p, int64_t) { return *p; }
  static void store(float* p, Float v) { *p = v; }
  static void store(int32_t* p, Int v) { *p = v; }
  static void store_result(float* p, Float v) { store(p, v); }
  static void store_first(float* p, Float v, int64_t) { *p = v; }
  static void store_bytes(int8_t* p, Int v, int64_t) { *p = static_cast<int8_t>(v); }
  static void store_bytes(int8_t* p, const Int (&v)[4]) {
    for (int i = 0; i < 4; ++i) p[i] = static_cast<int8_t>(v[i]);
  }

  static Float add(Float a, Float b) { return a + b; }
  static Int add(Int a, Int b) {
    return static_cast<Int>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
  }
  static Float subtract(Float a, Float b) { return a - b; }
  static Float multiply(Float a, Float b) { return a * b; }
  static Float multiply_add(Float a, Float b, Float c) { return a * b + c; }
  static Float minimum(Float a, Float b) { return a < b ? a : b; }
  static Float maximum(Float a, Float b) { return a > b ? a : b; }
  static Int maximum(Int a, Int b) { return a > b ? a : b; }
  static Float round(Float v) { return round_half_even(v); }
  static Float zero_where_zero(Float v, Float test) { return test == 0.0f ? 0.0f : v; }

  static Float where_nan(Float test, Float nan, Float otherwise) {
    return test != test ? nan : otherwise;
  }

  template <int kBits>
  static Int shift_right(Int v) {
    return static_cast<Int>(static_cast<uint32_t>(v) >> kBits);
  }
  static Int shift_left(Int v, int bits) {
    return static_cast<Int>(static_cast<uint32_t>(v) << bits);
  }
  static Int bit_and(Int a, Int b) { return a & b; }
  static Int bit_or(Int a, Int b) { return a | b; }
  static Int masked_or(Int v, Int mask, Int bits) { return (v & mask) | bits; }
  static Float as_float(Int v) { return float_from_bits(static_cast<uint32_t>(v)); }
  static Int as_int(Float v) { return static_cast<Int>(float_bits(v)); }
  static Float to_float(Int v) { return static_cast<Float>(v); }
  static Int to_int(Float v) { return static_cast<Int>(v); }

  static void transpose(Int (&)[kLanes]) {}
  template <typename Get>
  static auto collect(Get get) {
    return get(0);
  }
};

// A plain loop, which the compiler makes vectors of that every processor of the architecture has.
int32_t int8_dot(const int8_t* a, const int8_t* b, int64_t size) {
  int32_t sum = 0;
  for (int64_t k = 0; k < size; ++k) sum += a[k] * b[k];
  return sum;
}

template <int kRows, int kColumns>
void int8_tile(const void* const* a, const int32_t* const* b, int64_t words, int32_t* sums) {
  for (int i = 0; i < kRows; ++i) {
    for (int j = 0; j < kColumns; ++j) {
      sums[i * kColumns + j] =
          int8_dot(static_cast<const int8_t*>(a[i]), reinterpret_cast<const int8_t*>(b[j]),
                   words * kInt8PerWord);
    }
  }
}

int32_t prepare_int8(const int32_t* row, int64_t words, void* prepared) {
  int32_t* out = static_cast<int32_t*>(prepared);
  for (int64_t word = 0; word < words; ++word) out[word] = row[word];
  return 0;
}

// Prepared rows of int4 have, of 4 words at a time, the even elements and then the odd ones.
constexpr int64_t kInt4Block = 4 * kInt4PerWord;

int32_t prepare_int4(const int32_t* row, int64_t words, void* prepared) {
  const auto* nibbles = reinterpret_cast<const uint8_t*>(row);
  auto* out = static_cast<int8_t*>(prepared);
  for (int64_t i = 0; i < round_up(words * kInt4PerWord, kInt4Block); i += 2) {
    const int64_t block = i / kInt4Block * kInt4Block, place = i % kInt4Block / 2;
    const bool is_there = i < words * kInt4PerWord;
    out[block + place] = is_there ? static_cast<int8_t>((nibbles[i / 2] & 0xf) - 8) : 0;
    out[block + kInt4Block / 2 + place] =
        is_there ? static_cast<int8_t>((nibbles[i / 2] >> 4) - 8) : 0;
  }
  return 0;
}

// Some bytes of a block.
int32_t int4_block_dot(const int8_t* a, const uint8_t* b, int64_t bytes) {
  int32_t sum = 0;
  for (int64_t i = 0; i < bytes; ++i) {
    sum += a[i] * ((b[i] & 0xf) - 8) + a[kInt4Block / 2 + i] * ((b[i] >> 4) - 8);
  }
  return sum;
}

int32_t int4_dot(const int8_t* a, const uint8_t* b, int64_t bytes) {
  constexpr int64_t kBytes = kInt4Block / 2;
  int32_t sum = 0;
  int64_t i = 0;
  for (; i + kBytes <= bytes; i += kBytes) sum += int4_block_dot(a + 2 * i, b + i, kBytes);
  return sum + int4_block_dot(a + 2 * i, b + i, bytes - i);
}

template <int kRows>
void int4_int4_tile(const void* const* a, const int32_t* const* b, int64_t words, int32_t* sums) {
  for (int i = 0; i < kRows; ++i) {
    sums[i] = int4_dot(static_cast<const int8_t*>(a[i]), reinterpret_cast<const uint8_t*>(b[0]),
                       words * static_cast<int64_t>(sizeof(int32_t)));
  }
}

}  // namespace

const Isa kScalarIsa = {
    "scalar",
    {{kInt8PerWord, kInt8PerWord, 0, prepare_int8},
     4,
     {{1, int8_tile<1, 1>}, {1, int8_tile<2, 1>}, {1, int8_tile<3, 1>}, {1, int8_tile<4, 1>}},
     {}},  // no panels
    Vector::kLanes,
    {},  // no integers
    {},
    nullptr,
    nullptr,
    nullptr,
    4 * Vector::kLanes,
    unpack_int4<Vector, 4>,
    3,
    {int4_tile<Vector, 4, 1>, int4_tile<Vector, 4, 2>, int4_tile<Vector, 4, 3>},
    finish_int8<Vector>,
    finish_int4<Vector>,
    quantize_row<Vector>,
    quantize_columns<Vector>,
    row_magnitude<Vector>,
    hadamard<Vector>,
    rotate<Vector>,
    Vector::kLanes,
    sum_squares<Vector>,
    {{kInt4Block, kInt4Block, 0, prepare_int4},
     4,
     {{1, int4_int4_tile<1>},
      {1, int4_int4_tile<2>},
      {1, int4_int4_tile<3>},
      {1, int4_int4_tile<4>}},
     {}},
};

}  // namespace qutlass::cpu
