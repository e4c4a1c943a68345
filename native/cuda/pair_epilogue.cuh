// The end of a tiled product, on two neighbouring results at a time and without branches. The bits
// are those of int8_epilogue and int4_epilogue in numerics.h.
#pragma once

#include "cuda/ptx.cuh"
#include "qutlass/numerics.h"

namespace qutlass::cuda {

class PairEpilogue {
 public:
  __device__ explicit PairEpilogue(Activation activation)
      : lowest_(activation == Activation::kLinear ? -kInfinity : 0.0f),
        highest_(activation == Activation::kRelu6 ? 6.0f : kInfinity) {}

  // The bias of columns n and n + 1, of which the second may lie past the end. Without a bias it is
  // -0, which changes no value when added.
  static __device__ __forceinline__ float2 bias(const float* bias, int64_t n, bool has_second) {
    if (!bias) return float2{-0.0f, -0.0f};
    return float2{__ldg(bias + n), __ldg(bias + n + has_second)};
  }

  // bf16(act(value + bias)).
  __device__ __forceinline__ float2 operator()(float first, float second, float2 bias) const {
    first = clamped(add(first, bias.x));
    second = clamped(add(second, bias.y));
    const uint32_t pair = ptx::bf16_pair(first, second);
    return float2{float_from_bits(is_nan(first) ? kNanBits : pair << 16),
                  float_from_bits(is_nan(second) ? kNanBits : pair & 0xffff0000u)};
  }

 private:
  static constexpr float kInfinity = __builtin_huge_valf();

  __device__ __forceinline__ float clamped(float value) const {
    return ptx::min_or_nan(ptx::max_or_nan(value, lowest_), highest_);
  }

  float lowest_;
  float highest_;
};

}  // namespace qutlass::cuda
