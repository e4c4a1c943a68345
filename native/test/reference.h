// Naive references of every op, over the argument structs of qutlass/ops.h with host pointers: one
// element at a time, in the order of the formulas. Integer results are exact; the int4 product is
// summed in float64, and comes with the error that a kernel may have.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "check.h"
#include "qutlass/ops.h"

namespace qutlass::reference {

inline int32_t int8_at(const int32_t* row, int64_t k) {
  return int8_of(static_cast<uint32_t>(row[k / kInt8PerWord]), static_cast<int>(k % kInt8PerWord));
}

inline int32_t int4_at(const int32_t* row, int64_t k) {
  return int4_of(static_cast<uint32_t>(row[k / kInt4PerWord]), static_cast<int>(k % kInt4PerWord));
}

inline void put_int8(int32_t* row, int64_t k, int32_t value) {
  row[k / kInt8PerWord] = static_cast<int32_t>(static_cast<uint32_t>(row[k / kInt8PerWord]) |
                                               int8_in_word(value, k % kInt8PerWord));
}

inline void put_int4(int32_t* row, int64_t k, int32_t value) {
  row[k / kInt4PerWord] = static_cast<int32_t>(static_cast<uint32_t>(row[k / kInt4PerWord]) |
                                               int4_in_word(value, k % kInt4PerWord));
}

// Makes the nibbles of a row from k on `value`; they were 0.
inline void fill_int4_tail(int32_t* row, int64_t k, int32_t value) {
  for (const int64_t end = int4_words(k) * kInt4PerWord; k < end; ++k) put_int4(row, k, value);
}

// The value at `index` of what is packed, rounded; it must be in the format's range.
inline int32_t integer_at(const PackArgs& args, int64_t index) {
  return args.integers ? args.integers[index]
                       : static_cast<int32_t>(std::nearbyint(args.floats[index]));
}

inline void pack_int4(const PackArgs& args) {
  const int64_t words = int4_words(args.k);
  std::fill_n(args.packed, args.rows * words, 0);
  for (int64_t row = 0; row < args.rows; ++row) {
    for (int64_t k = 0; k < args.k; ++k) {
      const int32_t value = integer_at(args, row * args.k + k) + (args.is_signed ? 8 : 0);
      put_int4(args.packed + row * words, k, value);
    }
    if (args.is_signed) fill_int4_tail(args.packed + row * words, args.k, 8);
  }
}

inline void pack_int8(const PackArgs& args) {
  const int64_t words = int8_words(args.k);
  std::fill_n(args.packed, args.rows * words, 0);
  for (int64_t row = 0; row < args.rows; ++row) {
    for (int64_t k = 0; k < args.k; ++k) {
      put_int8(args.packed + row * words, k, integer_at(args, row * args.k + k));
    }
  }
}

inline void unpack_int4(const UnpackArgs& args) {
  for (int64_t row = 0; row < args.rows; ++row) {
    for (int64_t k = 0; k < args.k; ++k) {
      args.integers[row * args.k + k] =
          int4_at(args.packed + row * int4_words(args.k), k) - (args.is_signed ? 8 : 0);
    }
  }
}

inline void unpack_int8(const UnpackArgs& args) {
  for (int64_t row = 0; row < args.rows; ++row) {
    for (int64_t k = 0; k < args.k; ++k) {
      args.integers[row * args.k + k] = int8_at(args.packed + row * int8_words(args.k), k);
    }
  }
}

// The least and greatest of some values and 0, and the greatest magnitude; all of them NaN where a
// value is not finite.
struct Range {
  float lo = 0, hi = 0, amax = 0;

  void take(float value) {
    if (!std::isfinite(value) || std::isnan(amax)) {
      lo = hi = amax = std::numeric_limits<float>::quiet_NaN();
      return;
    }
    lo = value < lo ? value : lo;
    hi = value > hi ? value : hi;
    amax = std::fabs(value) > amax ? std::fabs(value) : amax;
  }
};

// One block in place: its butterflies, stage after stage, then the factor.
inline void hadamard_block(float* block, int64_t size) {
  for (int64_t stride = 1; stride < size; stride *= 2) {
    for (int64_t i = 0; i < size; ++i) {
      if ((i & stride) != 0) continue;
      const float a = block[i], b = block[i + stride];
      block[i] = add(a, b);
      block[i + stride] = add(a, -b);
    }
  }
  const float factor = static_cast<float>(1.0 / std::sqrt(static_cast<double>(size)));
  for (int64_t i = 0; i < size; ++i) block[i] = multiply(block[i], factor);
}

inline void hadamard(const HadamardArgs& args) {
  std::copy_n(args.x, args.rows * args.k, args.y);
  for (int64_t i = 0; i < args.rows * args.k; i += args.block_size) {
    hadamard_block(args.y + i, args.block_size);
  }
}

inline void rotate(const RotateArgs& args) {
  const int64_t size = args.block_size;
  for (int64_t block = 0; block < args.rows * args.k; block += size) {
    for (int64_t j = 0; j < size; ++j) {
      float sum = multiply(args.x[block], args.matrix[j]);
      for (int64_t i = 1; i < size; ++i) {
        sum = add(sum, multiply(args.x[block + i], args.matrix[i * size + j]));
      }
      args.y[block + j] = sum;
    }
  }
}

inline std::vector<float> rotated(const float* x, int64_t rows, int64_t k,
                                  const Rotation& rotation) {
  std::vector<float> y(x, x + rows * k);
  if (rotation.block_size == 0) return y;
  if (rotation.matrix) {
    rotate({x, rotation.matrix, y.data(), rows, k, rotation.block_size});
  } else {
    hadamard({x, y.data(), rows, k, rotation.block_size});
  }
  return y;
}

// The sum of the squares of x[begin ... begin + size - 1], of which those from k on are 0: both
// halves of a power of two.
inline float sum_of_squares(const float* x, int64_t k, int64_t begin, int64_t size) {
  if (begin >= k) return 0.0f;
  if (size == 1) return multiply(x[begin], x[begin]);
  return add(sum_of_squares(x, k, begin, size / 2),
             sum_of_squares(x, k, begin + size / 2, size / 2));
}

inline float quest_limit_of(const float* x, int64_t k, float multiple) {
  int64_t size = 1;
  while (size < k) size *= 2;
  return quest_limit(sum_of_squares(x, k, 0, size), k, multiple);
}

inline Range range_of(const float* x, int64_t k) {
  Range range;
  for (int64_t i = 0; i < k; ++i) range.take(x[i]);
  return range;
}

// What the largest integer of a symmetric row stands for.
inline float symmetric_limit_of(const float* x, int64_t k, ScaleMethod method, float multiple) {
  return method == ScaleMethod::kQuest ? quest_limit_of(x, k, multiple) : range_of(x, k).amax;
}

inline void quantize_int8(const QuantizeInt8Args& args) {
  const int64_t words = int8_words(args.k);
  const std::vector<float> x = rotated(args.x, args.rows, args.k, args.rotation);
  std::fill_n(args.values, args.rows * words, 0);
  for (int64_t row = 0; row < args.rows; ++row) {
    const float* values = x.data() + row * args.k;
    const float limit = symmetric_limit_of(values, args.k, args.method, kQuestInt8);
    const Range range = range_of(values, args.k);
    const Quantizer quantizer = args.symmetric
                                    ? symmetric_quantizer(limit, 127, 0)
                                    : asymmetric_quantizer(range.lo, range.hi, 255, -128);
    for (int64_t k = 0; k < args.k; ++k) {
      const int32_t lowest = args.symmetric ? -127 : -128;
      put_int8(args.values + row * words, k, quantize(values[k], quantizer, lowest, 127));
    }
    args.scale[row] = quantizer.scale;
    args.zero[row] = quantizer.zero;
  }
}

inline void quantize_int4(const QuantizeInt4Args& args) {
  const int64_t words = int4_words(args.k);
  const std::vector<float> x = rotated(args.x, args.rows, args.k, args.rotation);
  std::fill_n(args.values, args.rows * words, 0);
  for (int64_t row = 0; row < args.rows; ++row) {
    const float* values = x.data() + row * args.k;
    const float limit = symmetric_limit_of(values, args.k, args.method, kQuestInt4);
    const Quantizer quantizer = symmetric_quantizer(limit, 7, 0);
    int32_t* const out = args.values + row * words;
    for (int64_t k = 0; k < args.k; ++k) {
      put_int4(out, k, quantize(values[k], quantizer, -7, 7) + 8);
    }
    fill_int4_tail(out, args.k, 8);
    args.scale[row] = quantizer.scale;
  }
}

inline void quantize_weight_int8(const QuantizeWeightInt8Args& args) {
  const int64_t words = int8_words(args.k);
  std::fill_n(args.values, args.n * words, 0);
  for (int64_t n = 0; n < args.n; ++n) {
    Range range;
    for (int64_t k = 0; k < args.k; ++k) range.take(args.kernel[k * args.n + n]);
    const Quantizer quantizer = symmetric_quantizer(range.amax, 127, 0);
    for (int64_t k = 0; k < args.k; ++k) {
      put_int8(args.values + n * words, k,
               quantize(args.kernel[k * args.n + n], quantizer, -127, 127));
    }
    args.scale[n] = quantizer.scale;
  }
}

inline void quantize_weight_int4(const QuantizeWeightInt4Args& args) {
  const int64_t words = int4_words(args.k);
  const int64_t groups = group_count(args.k, args.group_size);
  std::fill_n(args.values, args.n * words, 0);
  for (int64_t n = 0; n < args.n; ++n) {
    for (int64_t g = 0; g < groups; ++g) {
      const int64_t begin = g * args.group_size;
      const int64_t end = std::min(begin + args.group_size, args.k);
      Range range;
      for (int64_t k = begin; k < end; ++k) range.take(args.kernel[k * args.n + n]);
      const Quantizer quantizer = args.symmetric ? symmetric_quantizer(range.amax, 7, 8)
                                                 : asymmetric_quantizer(range.lo, range.hi, 15, 0);
      for (int64_t k = begin; k < end; ++k) {
        const float value = args.kernel[k * args.n + n];
        put_int4(args.values + n * words, k, quantize(value, quantizer, args.symmetric, 15));
      }
      args.scales[n * groups + g] = quantizer.scale;
      args.zeros[n * groups + g] = quantizer.zero;
    }
    fill_int4_tail(args.values + n * words, args.k, args.zeros[n * groups + groups - 1]);
  }
}

inline void dequantize_int8(const DequantizeInt8Args& args) {
  for (int64_t row = 0; row < args.rows; ++row) {
    const int32_t zero = args.zero ? args.zero[row] : 0;
    for (int64_t k = 0; k < args.k; ++k) {
      const int32_t value = int8_at(args.values + row * int8_words(args.k), k);
      args.x[row * args.k + k] = multiply(static_cast<float>(value - zero), args.scale[row]);
    }
  }
}

inline void dequantize_int4(const DequantizeInt4Args& args) {
  const int64_t groups = group_count(args.k, args.group_size);
  for (int64_t row = 0; row < args.rows; ++row) {
    for (int64_t k = 0; k < args.k; ++k) {
      const int64_t group = row * groups + k / args.group_size;
      const int32_t zero = args.zeros ? args.zeros[group] : 8;
      const int32_t value = int4_at(args.values + row * int4_words(args.k), k);
      args.x[row * args.k + k] = multiply(static_cast<float>(value - zero), args.scales[group]);
    }
  }
}

// What becomes of the sum of row m by column n of two packed matrices; it must fit int32.
template <typename Args>
void store_product(const Args& args, int64_t m, int64_t n, int64_t sum) {
  CHECK(sum == static_cast<int32_t>(sum), "the reference's sum %lld is no int32",
        static_cast<long long>(sum));
  args.y[m * args.n + n] =
      int8_epilogue(static_cast<int32_t>(sum), args.sa[args.sa_is_scalar ? 0 : m],
                    args.sb[args.sb_is_scalar ? 0 : n], args.bias != nullptr,
                    args.bias ? args.bias[n] : 0, args.activation);
}

// Exact for every K: the sum is kept in int64.
inline void matmul_int8(const MatmulInt8Args& args) {
  for (int64_t m = 0; m < args.m; ++m) {
    const int64_t zero = args.a_zero ? args.a_zero[m] : 0;
    for (int64_t n = 0; n < args.n; ++n) {
      int64_t sum = 0;
      for (int64_t k = 0; k < args.words * kInt8PerWord; ++k) {
        sum += (int8_at(args.a + m * args.words, k) - zero) * int8_at(args.b + n * args.words, k);
      }
      store_product(args, m, n, sum);
    }
  }
}

inline void linear_int8(const LinearInt8Args& args) {
  std::vector<int32_t> values(args.m * int8_words(args.k)), zero(args.m);
  std::vector<float> scale(args.m);
  quantize_int8({args.x, values.data(), scale.data(), zero.data(), args.m, args.k, args.symmetric,
                 args.method, args.rotation});
  matmul_int8({values.data(), args.w, scale.data(), args.w_scale, zero.data(), args.bias, args.y,
               args.m, args.n, int8_words(args.k), false, args.w_scale_is_scalar, args.activation});
}

inline void matmul_int4_int4(const MatmulInt4Int4Args& args) {
  for (int64_t m = 0; m < args.m; ++m) {
    for (int64_t n = 0; n < args.n; ++n) {
      int64_t sum = 0;
      for (int64_t k = 0; k < args.words * kInt4PerWord; ++k) {
        sum +=
            (int4_at(args.a + m * args.words, k) - 8) * (int4_at(args.b + n * args.words, k) - 8);
      }
      store_product(args, m, n, sum);
    }
  }
}

inline void linear_int4(const LinearInt4Args& args) {
  std::vector<int32_t> values(args.m * int4_words(args.k));
  std::vector<float> scale(args.m);
  quantize_int4({args.x, values.data(), scale.data(), args.m, args.k, args.method, args.rotation});
  matmul_int4_int4({values.data(), args.w, scale.data(), args.w_scale, args.bias, args.y, args.m,
                    args.n, int4_words(args.k), false, args.w_scale_is_scalar, args.activation});
}

// The distance from a bf16 value of `value`'s magnitude to the next one (8 significant bits; the
// least distance is that of the denormals).
inline double bf16_ulp(double value) {
  if (!std::isfinite(value)) return 0;
  const int exponent = value == 0 ? -126 : std::max(std::ilogb(value), -126);
  return std::ldexp(1.0, exponent - 7);
}

// One element of an int4 product: the value before rounding to bf16, and how far a kernel's result
// may lie from it: half a bf16 ulp to round it and one more, and K * 2^-24 of the sum of the
// magnitudes of the terms; (K + 2) * 2^-24 where a row has a scale.
struct Int4Element {
  double value;
  double tolerance;
};

inline Int4Element matmul_int4_at(const MatmulInt4Args& args, int64_t m, int64_t n) {
  const int64_t groups = group_count(args.k, args.group_size);
  const int32_t* row = args.w + n * int4_words(args.k);
  const double row_scale = args.row_scale ? args.row_scale[m] : 1;
  double sum = 0, magnitude = 0;
  for (int64_t g = 0; g < groups; ++g) {
    const int32_t zero = args.zeros ? args.zeros[n * groups + g] : 8;
    const double scale = args.scales[n * groups + g];
    double group_sum = 0;
    for (int64_t k = g * args.group_size; k < std::min((g + 1) * args.group_size, args.k); ++k) {
      const double x = round_to_bf16(args.x[m * args.k + k]);
      const double term = x * (int4_at(row, k) - zero);
      group_sum += term;
      magnitude += std::fabs(scale * term);
    }
    sum += scale * group_sum;
  }
  sum *= row_scale;
  magnitude *= std::fabs(row_scale);
  if (args.bias) sum += args.bias[n];
  if (args.activation != Activation::kLinear && !(sum > 0) && !std::isnan(sum)) sum = 0;
  if (args.activation == Activation::kRelu6 && sum > 6) sum = 6;
  const auto roundings = static_cast<double>(args.k + (args.row_scale ? 2 : 0));
  return {sum, 1.5 * bf16_ulp(sum) + std::ldexp(roundings, -24) * magnitude};
}

// Whether `got` is a bf16 value within what the contract allows; where the true value is NaN or
// infinite or beyond float32, `got` must be that.
inline bool is_close(float got, const Int4Element& want) {
  if ((float_bits(got) & 0xffffu) != 0) return false;
  if (std::isnan(want.value)) return std::isnan(got);
  const float rounded = round_to_bf16(static_cast<float>(want.value));
  if (!std::isfinite(rounded)) return got == rounded;
  return std::fabs(got - want.value) <= want.tolerance;
}

// Checks a whole int4 product, `args.y`, against the reference.
inline bool check_matmul_int4(const MatmulInt4Args& args) {
  for (int64_t m = 0; m < args.m; ++m) {
    for (int64_t n = 0; n < args.n; ++n) {
      const Int4Element want = matmul_int4_at(args, m, n);
      const float got = args.y[m * args.n + n];
      if (is_close(got, want)) continue;
      return CHECK(false, "y[%lld,%lld] is %s, expected %.9g within %.3g",
                   static_cast<long long>(m), static_cast<long long>(n), test::shown(got).c_str(),
                   want.value, want.tolerance);
    }
  }
  return CHECK(true, "y");
}

// The int4 product that stands for one of int8 rows: their integers as floats, with their scales.
struct RowsOfInt8 {
  std::vector<float> x, scale;
  MatmulInt4Args product{};

  explicit RowsOfInt8(const LinearInt8Int4Args& args) : x(args.m * args.k), scale(args.m) {
    std::vector<int32_t> values(args.m * int8_words(args.k)), zero(args.m);
    quantize_int8({args.x, values.data(), scale.data(), zero.data(), args.m, args.k, true,
                   args.method, args.rotation});
    for (int64_t i = 0; i < args.m * args.k; ++i) {
      x[i] =
          static_cast<float>(int8_at(values.data() + i / args.k * int8_words(args.k), i % args.k));
    }
    product = {x.data(), args.w, args.scales, args.zeros,      args.bias,       args.y,
               args.m,   args.n, args.k,      args.group_size, args.activation, scale.data()};
  }
  // product points into this.
  RowsOfInt8(const RowsOfInt8&) = delete;
  RowsOfInt8& operator=(const RowsOfInt8&) = delete;
};

// Checks what linear_int8_int4 made, `args.y`.
inline bool check_linear_int8_int4(const LinearInt8Int4Args& args) {
  return check_matmul_int4(RowsOfInt8(args).product);
}

}  // namespace qutlass::reference
