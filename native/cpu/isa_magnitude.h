// The largest magnitudes of some floats, over the vector type of an instruction set: for isa_*.cc
// alone (see isa.h).
//
// A vector type V has kLanes, Float, Int, zero(), load(p), load_first(p, count), magnitude(v),
// maximum(a, b) of both, largest(v), as_int(v), bit_and(a, b), broadcast(value).
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

template <typename V>
float largest_magnitude(const float* x, int64_t count) {
  typename V::Float largest = V::zero();
  int64_t i = 0;
  for (; i + V::kLanes <= count; i += V::kLanes) {
    largest = V::maximum(V::magnitude(V::load(x + i)), largest);
  }
  if (i < count) largest = V::maximum(V::magnitude(V::load_first(x + i, count - i)), largest);
  return V::largest(largest);
}

// Finite magnitudes, +Inf and NaN are in this order as integers, unlike as floats.
template <typename V>
float row_magnitude(const float* x, int64_t k) {
  constexpr int kChains = 4;
  const typename V::Int mask = V::broadcast(int32_t{0x7fffffff});
  const auto bits = [mask](typename V::Float v) { return V::bit_and(V::as_int(v), mask); };
  typename V::Int largest[kChains];
  for (int c = 0; c < kChains; ++c) largest[c] = V::broadcast(int32_t{0});
  int64_t i = 0;
  for (; i + kChains * V::kLanes <= k; i += kChains * V::kLanes) {
    for (int c = 0; c < kChains; ++c) {
      largest[c] = V::maximum(largest[c], bits(V::load(x + i + c * V::kLanes)));
    }
  }
  for (; i + V::kLanes <= k; i += V::kLanes) {
    largest[0] = V::maximum(largest[0], bits(V::load(x + i)));
  }
  if (i < k) largest[0] = V::maximum(largest[0], bits(V::load_first(x + i, k - i)));
  for (int c = 1; c < kChains; ++c) largest[0] = V::maximum(largest[0], largest[c]);
  int32_t lanes[V::kLanes];
  V::store(lanes, largest[0]);
  for (int lane = 1; lane < V::kLanes; ++lane) {
    if (lanes[lane] > lanes[0]) lanes[0] = lanes[lane];
  }
  float magnitude;
  __builtin_memcpy(&magnitude, lanes, sizeof magnitude);
  return magnitude;
}

}  // namespace
}  // namespace qutlass::cpu
