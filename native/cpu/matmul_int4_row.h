// The int4 product of one row of activations: bound by reading the weights, which are unpacked in
// registers.
#pragma once

#include "cpu/int4_product.h"

namespace qutlass::cpu {

// Whether the product has one row and the instruction set can do it so, with such groups.
bool is_int4_row(const Int4Product& product);

// The floats of scratch that the product needs at `x`.
int64_t int4_row_floats(const Int4Product& product);

void multiply_int4_row(const Int4Product& product, float* x);

}  // namespace qutlass::cpu
