// Whether residuals count (int4_residuals.cc), over the vector type of an instruction set: for
// isa_*.cc alone (see isa.h).
//
// A vector type V has kLanes, the arithmetic of its floats, magnitude(v) and any_not_at_most(a, b),
// which holds where a or b is NaN.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

template <typename V>
bool any_residual_counts(const ResidualTest& test, int64_t columns) {
  const typename V::Float most = V::broadcast(test.most), ulps = V::broadcast(test.ulps);
  const typename V::Float roundings = V::broadcast(test.roundings);
  bool any = false;
  for (int64_t j = 0; j < columns; j += V::kLanes) {
    const typename V::Float result = V::add(V::load(test.sums + j), V::load(test.biases + j));
    const typename V::Float granted = V::add(V::multiply(ulps, V::magnitude(result)),
                                             V::multiply(roundings, V::load(test.magnitudes + j)));
    const typename V::Float change = V::multiply(most, V::load(test.largest_scales + j));
    any |= V::any_not_at_most(change, granted);
  }
  return any;
}

}  // namespace
}  // namespace qutlass::cpu
