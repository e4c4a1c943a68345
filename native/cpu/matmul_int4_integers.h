// The int4 product in integers: activations in block floating point times q - zero. With few rows,
// weights are read as one stream and unpacked in registers; with many, a task first packs its
// weights to panels. A matrix unit may have tiles of bytes for some.
#pragma once

#include "cpu/int4_product.h"

namespace qutlass::cpu {

// Whether it is done in tiles of a matrix unit.
bool is_in_int4_tiles(const Int4Product& product);

// Whether there are kernels for the product.
bool has_int4_integers(const Int4Product& product);

// Bytes of scratch that the product needs at `workspace`.
size_t int4_integers_bytes(const Int4Product& product);

// False, with nothing done, where the values of x are better multiplied as floats.
bool multiply_int4_integers(const Int4Product& product, void* workspace);

}  // namespace qutlass::cpu
