// An exact product of packed integers (matmul_int8.cc).
#pragma once

#include <cstddef>

#include "cpu/isa.h"

namespace qutlass::cpu {

struct IntegerProduct {
  const Isa& isa;
  const IntegerKernels& kernels;
  int64_t per_word;  // elements
};

// `args` are those of an int8 product, but that a word of a and of b has so many elements. Without
// zero points where they are not int8.
size_t workspace_bytes(const IntegerProduct& product, const MatmulInt8Args& args);
void multiply_integers(const IntegerProduct& product, const MatmulInt8Args& args, void* workspace);

}  // namespace qutlass::cpu
