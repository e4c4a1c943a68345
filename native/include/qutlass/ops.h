// The arguments of every op: one struct an op, filled by the binding, taken by the CPU kernels
// (cpu/kernels.h) and by the CUDA launchers (cuda/launch.h) alike.
//
// All matrices are row major and dense; leading batch dimensions are folded into rows. Every
// pointer is checked, and every size within int32, by the binding (tensorflow/ops) before a kernel
// sees it. A size of 0 is valid everywhere; pointers to nothing may then be null.
#pragma once

#include <cstdint>

#include "qutlass/numerics.h"

namespace qutlass {

// Integers or floats [rows, k] -> packed words [rows, words(k)]. Exactly one of `integers` and
// `floats` is set. Values are rounded half to even and must fit the format. The tail stands for the
// value 0: its bits are 0, or nibbles of 8 where is_signed.
struct PackArgs {
  const int32_t* integers;
  const float* floats;
  int32_t* packed;
  int64_t rows;
  int64_t k;
  bool is_signed;  // int4 only: values are -8..7, stored with 8 added
};

// Packed words [rows, words(k)] -> integers [rows, k].
struct UnpackArgs {
  const int32_t* packed;
  int32_t* integers;
  int64_t rows;
  int64_t k;
  bool is_signed;  // int4 only: 8 is taken off again
};

// Each block of `block_size` elements of a row times H / sqrt(block_size), H the Hadamard matrix in
// Sylvester order; block_size is a power of two, 16 ... 1024, and divides k.
struct HadamardArgs {
  const float* x;  // [rows, k]
  float* y;        // [rows, k]
  int64_t rows;
  int64_t k;
  int64_t block_size;
};

// Each block of `block_size` elements of a row times the matrix; block_size divides k.
struct RotateArgs {
  const float* x;       // [rows, k]
  const float* matrix;  // [block_size, block_size]
  float* y;             // [rows, k]
  int64_t rows;
  int64_t k;
  int64_t block_size;
};

// What is done to rows before they are quantized, with the bits of HadamardArgs or RotateArgs.
struct Rotation {
  int64_t block_size;   // 0 for none
  const float* matrix;  // null for Hadamard
};

// What the largest integer of a symmetric row stands for: its largest magnitude, or the multiple of
// its root mean square that loses least of normally distributed values.
enum class ScaleMethod : int32_t { kAbsMax = 0, kQuest = 1 };

// x [rows, k] -> values [rows, int8_words(k)], scale [rows], zero [rows].
struct QuantizeInt8Args {
  const float* x;
  int32_t* values;
  float* scale;
  int32_t* zero;
  int64_t rows;
  int64_t k;
  bool symmetric;
  ScaleMethod method;  // kAbsMax where not symmetric
  Rotation rotation;
};

// x [rows, k] -> values [rows, int4_words(k)] of -7..7 stored with 8 added, the tail too; scale
// [rows].
struct QuantizeInt4Args {
  const float* x;
  int32_t* values;
  float* scale;
  int64_t rows;
  int64_t k;
  ScaleMethod method;
  Rotation rotation;
};

// A Dense layer's kernel [k, n] -> values [n, int8_words(k)], scale [n]; symmetric.
struct QuantizeWeightInt8Args {
  const float* kernel;
  int32_t* values;
  float* scale;
  int64_t k;
  int64_t n;
};

// A Dense layer's kernel [k, n] -> values [n, int4_words(k)], scales and zeros [n, groups], where
// groups = group_count(k, group_size). The tail of a row holds its last group's zero point.
// Symmetric: -7..7 with zero point 8. Asymmetric: 0..15, the range made to hold 0.
struct QuantizeWeightInt4Args {
  const float* kernel;
  int32_t* values;
  float* scales;
  int32_t* zeros;
  int64_t k;
  int64_t n;
  int64_t group_size;
  bool symmetric;
};

// Packed weights [n, words] <-> the order in which a processor's kernels multiply them
// (cpu/prepacked_int8.h, cpu/prepacked_int4.h).
struct PrepackArgs {
  const int32_t* w;
  int32_t* prepacked;  // [prepacked_int8_size(n, words)], or that of int4
  int64_t n;
  int64_t words;
};
struct UnprepackArgs {
  const int32_t* prepacked;
  int32_t* w;
  int64_t n;
  int64_t words;
};

// values [rows, int8_words(k)] -> x [rows, k] = (q - zero) * scale; zero null for 0.
struct DequantizeInt8Args {
  const int32_t* values;
  const float* scale;
  const int32_t* zero;
  float* x;
  int64_t rows;
  int64_t k;
};

// values [rows, int4_words(k)] -> x [rows, k] = (q - zero_g) * scale_g; zeros null for 8.
struct DequantizeInt4Args {
  const int32_t* values;
  const float* scales;
  const int32_t* zeros;
  float* x;
  int64_t rows;
  int64_t k;
  int64_t group_size;
};

// y[m, n] = bf16(act(f32(sum_k (a - a_zero) * b) * sa * sb + bias)).
struct MatmulInt8Args {
  const int32_t* a;       // [m, words]
  const int32_t* b;       // [n, words]
  const float* sa;        // [m], or one value where sa_is_scalar
  const float* sb;        // [n], or one value where sb_is_scalar
  const int32_t* a_zero;  // [m], or null for 0
  const float* bias;      // [n], or null
  float* y;               // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t words;  // int32 words a row: int8_words(k)
  bool sa_is_scalar;
  bool sb_is_scalar;
  Activation activation;
  bool b_is_prepacked = false;  // on the CPU: b is what prepack_int8 made
};

// y[m, n] = bf16(act(row_scale * sum_g scale_g * sum_{k in g} bf16(x_k) * (q_k - zero_g) + bias)).
struct MatmulInt4Args {
  const float* x;        // [m, k]
  const int32_t* w;      // [n, int4_words(k)]
  const float* scales;   // [n, groups]
  const int32_t* zeros;  // [n, groups] in 0..15, or null for 8
  const float* bias;     // [n], or null
  float* y;              // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t k;
  int64_t group_size;  // k, or a multiple of 8; groups = group_count(k, group_size)
  Activation activation;
  const float* row_scale;  // [m], or null for 1
  // On the CPU: w, scales and zeros are what prepack_int4 made of them.
  bool is_prepacked = false;
};

// quantize_int8(x), symmetric, then the product of its integers with w: y[m, n] =
// bf16(act(scale_m * sum_g scale_g * sum_{k in g} a_k * (q_k - zero_g) + bias)).
struct LinearInt8Int4Args {
  const float* x;        // [m, k]
  const int32_t* w;      // [n, int4_words(k)]
  const float* scales;   // [n, groups]
  const int32_t* zeros;  // [n, groups] in 0..15, or null for 8
  const float* bias;     // [n], or null
  float* y;              // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t k;
  int64_t group_size;  // k, or a multiple of 8; groups = group_count(k, group_size)
  Activation activation;
  ScaleMethod method;
  Rotation rotation;
  bool is_prepacked = false;  // as that of MatmulInt4Args
};

// quantize_int8(x), then the int8 product with w: the same bits as the two ops one after the other.
struct LinearInt8Args {
  const float* x;        // [m, k]
  const int32_t* w;      // [n, int8_words(k)]
  const float* w_scale;  // [n], or one value where w_scale_is_scalar
  const float* bias;     // [n], or null
  float* y;              // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t k;
  bool w_scale_is_scalar;
  bool symmetric;
  Activation activation;
  ScaleMethod method;  // kAbsMax where not symmetric
  Rotation rotation;
  bool w_is_prepacked = false;  // as b_is_prepacked of MatmulInt8Args
};

// y[m, n] = bf16(act(f32(sum_k (a - 8) * (b - 8)) * sa * sb + bias)). Tails are 8 in a or in b.
struct MatmulInt4Int4Args {
  const int32_t* a;   // [m, words]
  const int32_t* b;   // [n, words]
  const float* sa;    // [m], or one value where sa_is_scalar
  const float* sb;    // [n], or one value where sb_is_scalar
  const float* bias;  // [n], or null
  float* y;           // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t words;  // int32 words a row: int4_words(k)
  bool sa_is_scalar;
  bool sb_is_scalar;
  Activation activation;
};

// The same words in the arguments of an int8 product, whose loops and tiles int4 shares.
inline MatmulInt8Args as_words(const MatmulInt4Int4Args& args) {
  MatmulInt8Args words{};
  words.a = args.a;
  words.b = args.b;
  words.sa = args.sa;
  words.sb = args.sb;
  words.bias = args.bias;
  words.y = args.y;
  words.m = args.m;
  words.n = args.n;
  words.words = args.words;
  words.sa_is_scalar = args.sa_is_scalar;
  words.sb_is_scalar = args.sb_is_scalar;
  words.activation = args.activation;
  return words;
}

// quantize_int4(x), then its product with w: the same bits as the two ops one after the other.
struct LinearInt4Args {
  const float* x;        // [m, k]
  const int32_t* w;      // [n, int4_words(k)] of -8..7 stored with 8 added
  const float* w_scale;  // [n], or one value where w_scale_is_scalar
  const float* bias;     // [n], or null
  float* y;              // [m, n], bf16 values
  int64_t m;
  int64_t n;
  int64_t k;
  bool w_scale_is_scalar;
  Activation activation;
  ScaleMethod method;
  Rotation rotation;
};

}  // namespace qutlass
