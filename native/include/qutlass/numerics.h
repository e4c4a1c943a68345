// Scalar arithmetic that every kernel shares: bf16 rounding, activations, quantization of a value.
//
// Each function is a fixed sequence of single IEEE float32 operations, none of them fused, so CPU,
// CUDA and the TypeScript specification (src/kernels/cpu) give the same bits. Host code must be
// compiled with -ffp-contract=off; device code uses the _rn intrinsics, which the compiler never
// fuses.
#pragma once

#include <cstdint>
#include <cstring>

#ifndef __CUDA_ARCH__
#include <cmath>
#endif

#include "qutlass/layout.h"

namespace qutlass {

enum class Activation : int32_t { kLinear = 0, kRelu = 1, kRelu6 = 2 };

QUTLASS_HOST_DEVICE inline uint32_t float_bits(float value) {
#ifdef __CUDA_ARCH__
  return __float_as_uint(value);
#else
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
#endif
}

QUTLASS_HOST_DEVICE inline float float_from_bits(uint32_t bits) {
#ifdef __CUDA_ARCH__
  return __uint_as_float(bits);
#else
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
#endif
}

QUTLASS_HOST_DEVICE inline float multiply(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fmul_rn(a, b);
#else
  return a * b;
#endif
}

QUTLASS_HOST_DEVICE inline float add(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fadd_rn(a, b);
#else
  return a + b;
#endif
}

QUTLASS_HOST_DEVICE inline float divide(float a, float b) {
#ifdef __CUDA_ARCH__
  return __fdiv_rn(a, b);
#else
  return a / b;
#endif
}

QUTLASS_HOST_DEVICE inline float square_root(float value) {
#ifdef __CUDA_ARCH__
  return __fsqrt_rn(value);
#else
  return std::sqrt(value);
#endif
}

QUTLASS_HOST_DEVICE inline float round_half_even(float value) {
#ifdef __CUDA_ARCH__
  return rintf(value);
#else
  return std::nearbyintf(value);
#endif
}

QUTLASS_HOST_DEVICE inline bool is_nan(float value) {
  return (float_bits(value) & 0x7fffffffu) > 0x7f800000u;
}

QUTLASS_HOST_DEVICE inline bool is_finite(float value) {
  return (float_bits(value) & 0x7f800000u) != 0x7f800000u;
}

constexpr uint32_t kNanBits = 0x7fc00000u;

// The bf16 value nearest to `value`, ties to even, as its 16 bits. Every NaN becomes 0x7fc0.
QUTLASS_HOST_DEVICE inline uint16_t bf16_bits(float value) {
  const uint32_t bits = float_bits(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return 0x7fc0u;
  return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// The bf16 value nearest to `value`, as a float32.
QUTLASS_HOST_DEVICE inline float round_to_bf16(float value) {
  return float_from_bits(static_cast<uint32_t>(bf16_bits(value)) << 16);
}

// relu and relu6 keep NaN, as Math.max does, and make -0 a +0.
QUTLASS_HOST_DEVICE inline float activate(float value, Activation activation) {
  if (activation == Activation::kLinear || is_nan(value)) return value;
  const float positive = value > 0.0f ? value : 0.0f;
  return activation == Activation::kRelu6 && positive > 6.0f ? 6.0f : positive;
}

// bf16(act(f32(acc)*sa*sb [+ bias])): the end of every int8 product.
QUTLASS_HOST_DEVICE inline float int8_epilogue(int32_t acc, float sa, float sb, bool has_bias,
                                               float bias, Activation activation) {
  float value = multiply(multiply(static_cast<float>(acc), sa), sb);
  if (has_bias) value = add(value, bias);
  return round_to_bf16(activate(value, activation));
}

// bf16(act(sum [+ bias])): the end of every int4 product; a row's scale is in the sum.
QUTLASS_HOST_DEVICE inline float int4_epilogue(float sum, bool has_bias, float bias,
                                               Activation activation) {
  if (has_bias) sum = add(sum, bias);
  return round_to_bf16(activate(sum, activation));
}

// How the values of a row (int8) or of a group (int4) become integers.
struct Quantizer {
  float scale;    // real value of one step; NaN where a value was NaN or infinite
  float inverse;  // steps a unit; 0 where every value becomes `zero`
  int32_t zero;   // the integer that stands for 0
};

QUTLASS_HOST_DEVICE inline Quantizer constant_quantizer(float scale, int32_t zero) {
  return Quantizer{scale, 0.0f, zero};
}

// `amax` is the largest |value|, +Inf or NaN where a value is not finite; `steps` is 127 or 7; the
// integer 0 is stored as `zero`.
QUTLASS_HOST_DEVICE inline Quantizer symmetric_quantizer(float amax, float steps, int32_t zero) {
  if (!is_finite(amax)) return constant_quantizer(float_from_bits(kNanBits), zero);
  const float inverse = divide(steps, amax);
  if (!is_finite(inverse)) return constant_quantizer(1.0f, zero);
  return Quantizer{divide(amax, steps), inverse, zero};
}

// `lo` is min(0, values), `hi` max(0, values), either not finite where a value is not; integers
// are `lowest` ... `lowest + steps`. Whatever range float32 cannot hold counts as not finite.
QUTLASS_HOST_DEVICE inline Quantizer asymmetric_quantizer(float lo, float hi, float steps,
                                                          float lowest) {
  const float range = add(hi, -lo);
  if (!is_finite(range)) return constant_quantizer(float_from_bits(kNanBits), 0);
  const float inverse = divide(steps, range);
  if (!is_finite(inverse)) return constant_quantizer(1.0f, 0);
  float zero = round_half_even(add(lowest, -multiply(lo, inverse)));
  const float highest = lowest + steps;
  zero = zero < lowest ? lowest : zero > highest ? highest : zero;
  return Quantizer{divide(range, steps), inverse, static_cast<int32_t>(zero)};
}

// The clipping limits, in standard deviations, of QuEST's tables for 4 and 8 bits: within 0.2 % of
// the least mean square error of normally distributed values (docs/quantization.md).
constexpr float kQuestInt4 = 2.51393f;
constexpr float kQuestInt8 = 3.88494f;

// The limit of a row of k values: `multiple` times their root mean square. `sum_of_squares` is the
// sum over adjacent pairs, adjacent pairs of those, and so on, of the row filled up with zeros to a
// power of two.
QUTLASS_HOST_DEVICE inline float quest_limit(float sum_of_squares, int64_t k, float multiple) {
  if (k == 0) return 0.0f;
  return multiply(multiple, square_root(divide(sum_of_squares, static_cast<float>(k))));
}

// round-half-even(value * inverse) + zero, held within lowest ... highest.
QUTLASS_HOST_DEVICE inline int32_t quantize(float value, const Quantizer& quantizer, int32_t lowest,
                                            int32_t highest) {
  if (quantizer.inverse == 0.0f) return quantizer.zero;
  const float steps =
      add(round_half_even(multiply(value, quantizer.inverse)), static_cast<float>(quantizer.zero));
  const float low = static_cast<float>(lowest);
  const float high = static_cast<float>(highest);
  return static_cast<int32_t>(steps < low ? low : steps > high ? high : steps);
}

}  // namespace qutlass
