// The int4 product of rows that are int8 already (matmul_int4.cc).
#pragma once

#include <cstddef>

#include "qutlass/ops.h"

namespace qutlass::cpu {

struct Int8RowsProduct {
  MatmulInt4Args args;  // but for x
  const int32_t* rows;  // packed int8 [m, int8_words(k)]
};

// Bytes of scratch that the product needs at `workspace`.
size_t workspace_bytes(const Int8RowsProduct& product);

const char* multiply_int8_rows(const Int8RowsProduct& product, void* workspace);

}  // namespace qutlass::cpu
