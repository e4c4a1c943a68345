// The end of a product, over a stretch of one row of y.
#pragma once

#include <cstdint>
#include <type_traits>

#include "qutlass/numerics.h"

namespace qutlass::cpu {

// Calls body(activation, has_bias) with both as compile-time constants, so that the loops within
// have no branches.
template <typename Body>
void with_epilogue_constants(Activation activation, bool has_bias, const Body& body) {
  const auto with_bias = [&](auto constant) {
    if (has_bias) {
      body(constant, std::true_type());
    } else {
      body(constant, std::false_type());
    }
  };
  switch (activation) {
    case Activation::kLinear:
      return with_bias(std::integral_constant<Activation, Activation::kLinear>());
    case Activation::kRelu:
      return with_bias(std::integral_constant<Activation, Activation::kRelu>());
    case Activation::kRelu6:
      return with_bias(std::integral_constant<Activation, Activation::kRelu6>());
  }
}

// y[n] from the int8 sums of a row whose scale is `sa`; `bias` may be null.
inline void finish_int8(const int32_t* sums, int64_t size, float sa, const float* sb,
                        const float* bias, Activation activation, float* y) {
  with_epilogue_constants(activation, bias != nullptr, [&](auto act, auto has_bias) {
    for (int64_t n = 0; n < size; ++n) {
      y[n] = int8_epilogue(sums[n], sa, sb[n], has_bias, has_bias ? bias[n] : 0.0f, act);
    }
  });
}

// y[n] from the int4 sums of a row whose scale is `scale`; `bias` may be null.
inline void finish_int4(const float* sums, int64_t size, float scale, const float* bias,
                        Activation activation, float* y) {
  with_epilogue_constants(activation, bias != nullptr, [&](auto act, auto has_bias) {
    for (int64_t n = 0; n < size; ++n) {
      y[n] = int4_epilogue(sums[n] * scale, has_bias, has_bias ? bias[n] : 0.0f, act);
    }
  });
}

}  // namespace qutlass::cpu
