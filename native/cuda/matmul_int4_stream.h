// The int4 product for few rows of x.
#pragma once

#include "cuda/device.h"
#include "cuda/int4_operands.cuh"
#include "cuda/launch.h"

namespace qutlass::cuda {

// At most this many rows.
constexpr int64_t kMaxInt4StreamRows = 16;

size_t int4_stream_workspace_bytes(const MatmulInt4Args& args);
cudaError_t launch_int4_stream(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                               Stream stream);

}  // namespace qutlass::cuda
