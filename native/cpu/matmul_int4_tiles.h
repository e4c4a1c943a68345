// The int4 product of any number of rows, in tiles: a task unpacks its weights to the first-level
// cache, a chunk of K at a time, and multiplies them with all its rows of activations.
#pragma once

#include "cpu/int4_product.h"

namespace qutlass::cpu {

// The floats of scratch that the product needs at `x`.
int64_t int4_tiles_floats(const Int4Product& product);

void multiply_int4_tiles(const Int4Product& product, float* x);

}  // namespace qutlass::cpu
