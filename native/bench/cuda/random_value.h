// Random operands whose elements depend on their index alone: the device fills arrays of any size,
// and the host knows each element without reading it back.
#pragma once

#include "qutlass/numerics.h"

namespace qutlass::bench {

// The number at `index` of the sequence of a seed: SplitMix64 (Steele, Lea, Flood: Fast Splittable
// Pseudorandom Number Generators, 2014), whose state grows by a constant each time.
QUTLASS_HOST_DEVICE inline uint64_t random_bits(uint64_t seed, int64_t index) {
  uint64_t z = (seed << 48) + (static_cast<uint64_t>(index) + 1) * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Near enough to normal, tails apart, with mean 0: the sum of four uniform 16-bit integers, scaled.
QUTLASS_HOST_DEVICE inline float random_normal(uint64_t seed, int64_t index, float deviation) {
  const uint64_t bits = random_bits(seed, index);
  int32_t sum = -2 * 0xffff;
  for (int i = 0; i < 4; ++i) sum += static_cast<int32_t>((bits >> (16 * i)) & 0xffffu);
  constexpr float kDeviationOfSum = 37837.0f;  // 2^16 * sqrt(4 / 12)
  return multiply(static_cast<float>(sum), deviation / kDeviationOfSum);
}

// One of `count` integers from `low` on.
QUTLASS_HOST_DEVICE inline int32_t random_integer(uint64_t seed, int64_t index, int32_t low,
                                                  int32_t count) {
  return low + static_cast<int32_t>(random_bits(seed, index) % static_cast<uint32_t>(count));
}

}  // namespace qutlass::bench
