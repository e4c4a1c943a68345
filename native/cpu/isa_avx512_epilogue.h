// The end of a product, 16 elements of a row of y at a time: for isa_*.cc alone (see isa.h). The
// steps, and so the bits, are those of qutlass/numerics.h.
#pragma once

#include "cpu/isa_avx512_vector.h"

namespace qutlass::cpu {
namespace {

inline Vector::Float round_to_bf16(Vector::Float v) {
  const Vector::Int bits = _mm512_castps_si512(v);
  const Vector::Int odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
  const Vector::Int up = _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff));
  const Vector::Int rounded = _mm512_and_si512(_mm512_add_epi32(bits, up),
                                               _mm512_set1_epi32(static_cast<int>(0xffff0000u)));
  const __mmask16 is_nan = _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q);
  return _mm512_castsi512_ps(
      _mm512_mask_mov_epi32(rounded, is_nan, _mm512_set1_epi32(static_cast<int>(kNanBits))));
}

inline Vector::Float activate(Vector::Float v, Activation activation) {
  if (activation == Activation::kLinear) return v;
  const Vector::Float positive =
      _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(v, Vector::zero(), _CMP_NLE_UQ), v);
  if (activation == Activation::kRelu) return positive;
  const Vector::Float six = Vector::broadcast(6.0f);
  return _mm512_mask_mov_ps(positive, _mm512_cmp_ps_mask(positive, six, _CMP_GT_OQ), six);
}

// Writes y[0 ... count - 1]; `bias` may be null.
inline void finish(Vector::Float v, const float* bias, Activation activation, int64_t count,
                   float* y) {
  if (bias) v = Vector::add(v, Vector::load_first(bias, count));
  _mm512_mask_storeu_ps(y, Vector::first_lanes(count), round_to_bf16(activate(v, activation)));
}

}  // namespace
}  // namespace qutlass::cpu
