// The int4 product of rows that are int8 already (matmul_int4.cc).
#pragma once

#include <cstddef>

#include "qutlass/ops.h"

namespace qutlass::cpu {

// Bytes of scratch that the product needs at `workspace`; args.x does not count.
size_t int8_rows_workspace_bytes(const MatmulInt4Args& args);

// With packed int8 rows [m, int8_words(k)] in the place of args.x.
const char* multiply_int8_rows(MatmulInt4Args args, const int32_t* int8_rows, void* workspace);

}  // namespace qutlass::cpu
