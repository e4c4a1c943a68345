// The range of a set of float32 values, found by warps and blocks; keeps track of NaN and infinity.
#pragma once

#include "cuda/ptx.cuh"
#include "qutlass/numerics.h"

namespace qutlass::cuda {

// The least and the greatest value, 0 included; NaN where one was.
struct ValueRange {
  float least = 0;
  float greatest = 0;

  __device__ __forceinline__ void include(float value) {
    least = ptx::min_nan(least, value);
    greatest = ptx::max_nan(greatest, value);
  }

  // Enough for amax().
  __device__ __forceinline__ void include_magnitude(float value) {
    greatest = ptx::max_nan(greatest, fabsf(value));
  }

  __device__ __forceinline__ void include(const ValueRange& other) {
    least = ptx::min_nan(least, other.least);
    greatest = ptx::max_nan(greatest, other.greatest);
  }

  __device__ __forceinline__ float amax() const { return ptx::max_nan(-least, greatest); }
};

// Without their sign the bits of float32 values order as unsigned integers, infinity above every
// number and NaN above infinity.
constexpr uint32_t kMagnitudeBits = 0x7fffffffu;

// The range over the 32 lanes of a warp, in every lane.
__device__ __forceinline__ ValueRange warp_range(const ValueRange& range) {
  constexpr unsigned kAllLanes = 0xffffffffu;
  const auto greatest_magnitude = [](float value) {
    return float_from_bits(__reduce_max_sync(kAllLanes, float_bits(value) & kMagnitudeBits));
  };
  return ValueRange{-greatest_magnitude(range.least), greatest_magnitude(range.greatest)};
}

}  // namespace qutlass::cuda
