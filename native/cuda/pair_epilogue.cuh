// The end of a tiled product, on two neighbouring results at a time and without branches. The bits
// are those of int8_epilogue and int4_epilogue in numerics.h, except that a NaN has the bits that
// the conversion to bf16 gives it.
#pragma once

#include "cuda/ptx.cuh"
#include "qutlass/numerics.h"

namespace qutlass::cuda {

class PairEpilogue {
 public:
  __device__ explicit PairEpilogue(Activation activation)
      : lowest_(activation == Activation::kLinear ? kMinusInfinities : kZeros),
        highest_(activation == Activation::kRelu6 ? kSixes : kInfinities) {}

  // The bias of columns n and n + 1, of which the second may lie past the end. Without a bias it is
  // -0, which changes no value when added.
  static __device__ __forceinline__ float2 bias(const float* bias, int64_t n, bool has_second) {
    if (!bias) return float2{-0.0f, -0.0f};
    return float2{__ldg(bias + n), __ldg(bias + n + has_second)};
  }

  // act(bf16(value + bias)), which is bf16(act(value + bias)): rounding keeps order, 0 and 6.
  __device__ __forceinline__ float2 operator()(float first, float second, float2 bias) const {
    uint32_t pair = ptx::bf16_pair(add(first, bias.x), add(second, bias.y));
    pair = ptx::min_bf16_pairs(ptx::max_bf16_pairs(pair, lowest_), highest_);
    return float2{float_from_bits(pair << 16), float_from_bits(pair & 0xffff0000u)};
  }

 private:
  // Of bf16.
  static constexpr uint32_t kZeros = 0;
  static constexpr uint32_t kSixes = 0x40c040c0u;
  static constexpr uint32_t kInfinities = 0x7f807f80u;
  static constexpr uint32_t kMinusInfinities = 0xff80ff80u;

  uint32_t lowest_;
  uint32_t highest_;
};

}  // namespace qutlass::cuda
