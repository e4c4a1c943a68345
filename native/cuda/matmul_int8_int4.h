// The int4 product of integers.
#pragma once

#include "cuda/launch.h"

namespace qutlass::cuda {

// matmul_int4 where x is packed int8, `words` [m, int8_words(k)] with tails of 0, instead of
// args.x. Its workspace is that of the same product of floats.
const char* matmul_int8_int4(const MatmulInt4Args& args, const int32_t* words, void* workspace,
                             Stream stream);

}  // namespace qutlass::cuda
