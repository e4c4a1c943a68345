// The range of a set of float32 values, found by warps and blocks; keeps track of NaN and infinity.
#pragma once

#include "qutlass/numerics.h"

namespace qutlass::cuda {

// The magnitudes of the highest and of the lowest value, 0 included, as float32 bits.
//
// Without their sign the bits of float32 values order as unsigned integers, infinity above every
// number and NaN above infinity. An integer maximum therefore keeps what fmaxf would drop.
struct ValueRange {
  uint32_t positive = 0;
  uint32_t negative = 0;

  __device__ __forceinline__ void include(float value) {
    const uint32_t bits = float_bits(value);
    if (bits & 0x80000000u) {
      negative = max(negative, bits & 0x7fffffffu);
    } else {
      positive = max(positive, bits);
    }
  }

  __device__ __forceinline__ void include(const ValueRange& other) {
    positive = max(positive, other.positive);
    negative = max(negative, other.negative);
  }

  __device__ __forceinline__ float amax() const { return float_from_bits(max(positive, negative)); }
  __device__ __forceinline__ float highest() const { return float_from_bits(positive); }
  __device__ __forceinline__ float lowest() const { return -float_from_bits(negative); }
};

// The range over the 32 lanes of a warp, in every lane.
__device__ __forceinline__ ValueRange warp_range(const ValueRange& range) {
  constexpr unsigned kAllLanes = 0xffffffffu;
  return ValueRange{__reduce_max_sync(kAllLanes, range.positive),
                    __reduce_max_sync(kAllLanes, range.negative)};
}

}  // namespace qutlass::cuda
