// The largest magnitude of some floats, over the vector type of an instruction set: for isa_*.cc
// alone (see isa.h).
//
// A vector type V has kLanes, Float, zero(), load(p), load_first(p, count), magnitude(v),
// maximum(a, b), largest(v).
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

}  // namespace
}  // namespace qutlass::cpu
