// What the contract says of an element of an int4 product whose rows may have scales.
#pragma once

#include "test/reference.h"

namespace qutlass::test {

// A scale is two more roundings of the sum.
inline reference::Int4Element int4_element(const MatmulInt4Args& args, int64_t m, int64_t n) {
  if (!args.row_scale) return reference::matmul_int4_at(args, m, n);
  MatmulInt4Args sums = args;
  sums.row_scale = sums.bias = nullptr;
  sums.activation = Activation::kLinear;
  const reference::Int4Element sum = reference::matmul_int4_at(sums, m, n);
  const double of_sum = sum.tolerance - 1.5 * reference::bf16_ulp(sum.value);  // of k roundings
  const double of_rounding = args.k ? of_sum / static_cast<double>(args.k) : 0;
  double value = args.row_scale[m] * sum.value + (args.bias ? args.bias[n] : 0);
  if (args.activation != Activation::kLinear && value < 0) value = 0;
  if (args.activation == Activation::kRelu6 && value > 6) value = 6;
  return {value, 1.5 * reference::bf16_ulp(value) +
                     args.row_scale[m] * static_cast<double>(args.k + 2) * of_rounding};
}

}  // namespace qutlass::test
