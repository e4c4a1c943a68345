// The end of a product, over a stretch of one row of y: for isa_*.cc alone (see isa.h). The steps,
// and so the bits, are those of qutlass/numerics.h.
//
// A vector type V has, beside the arithmetic of its floats and integers,
//   maximum(a, b), minimum(a, b)      b where one is NaN or both are equal
//   where_nan(test, nan, otherwise)   of floats
//   load_first(p, count), store_first(p, v, count)   of 0 ... kLanes elements
//   store_result(p, v)                in the pieces that are stored fastest by many threads
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

template <typename V>
[[gnu::always_inline]] inline typename V::Float round_to_bf16(typename V::Float v) {
  const typename V::Int bits = V::as_int(v);
  const typename V::Int odd =
      V::bit_and(V::template shift_right<16>(bits), V::broadcast(int32_t{1}));
  const typename V::Int up = V::add(odd, V::broadcast(int32_t{0x7fff}));
  const typename V::Int rounded =
      V::bit_and(V::add(bits, up), V::broadcast(static_cast<int32_t>(0xffff0000u)));
  const typename V::Int nan = V::broadcast(static_cast<int32_t>(kNanBits));
  return V::where_nan(v, V::as_float(nan), V::as_float(rounded));
}

// Zero is added because the maximum of +0 and -0 is the latter.
template <typename V>
[[gnu::always_inline]] inline typename V::Float activate(typename V::Float v,
                                                         Activation activation) {
  if (activation == Activation::kLinear) return v;
  const typename V::Float positive = V::add(V::maximum(V::zero(), v), V::zero());
  if (activation == Activation::kRelu) return positive;
  return V::minimum(V::broadcast(6.0f), positive);
}

// Writes y[0 ... count - 1], at most a vector, from what has its bias.
template <typename V>
[[gnu::always_inline]] inline void finish_biased(typename V::Float v, Activation activation,
                                                 int64_t count, float* y) {
  v = round_to_bf16<V>(activate<V>(v, activation));
  if (count >= V::kLanes) {
    V::store_result(y, v);
  } else {
    V::store_first(y, v, count);
  }
}

// The same; `bias` may be null.
template <typename V>
[[gnu::always_inline]] inline void finish(typename V::Float v, const float* bias,
                                          Activation activation, int64_t count, float* y) {
  if (bias) v = V::add(v, count >= V::kLanes ? V::load(bias) : V::load_first(bias, count));
  finish_biased<V>(v, activation, count, y);
}

template <typename V>
void finish_int8(const int32_t* sums, int64_t size, float sa, const float* sb, const float* bias,
                 Activation activation, float* y) {
  const typename V::Float row_scale = V::broadcast(sa);
  for (int64_t n = 0; n < size; n += V::kLanes) {
    const typename V::Float v =
        V::multiply(V::multiply(V::to_float(V::load(sums + n)), row_scale), V::load(sb + n));
    finish<V>(v, bias ? bias + n : nullptr, activation, size - n, y + n);
  }
}

template <typename V>
void finish_int4(const float* sums, int64_t size, float scale, const float* bias,
                 Activation activation, float* y) {
  const typename V::Float row_scale = V::broadcast(scale);
  for (int64_t n = 0; n < size; n += V::kLanes) {
    finish<V>(V::multiply(V::load(sums + n), row_scale), bias ? bias + n : nullptr, activation,
              size - n, y + n);
  }
}

}  // namespace
}  // namespace qutlass::cpu
