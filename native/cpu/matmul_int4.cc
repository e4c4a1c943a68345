// The int4 product: picks how it is done.
#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/matmul_int4_row.h"
#include "cpu/matmul_int4_tiles.h"

namespace qutlass::cpu {

size_t workspace_bytes(const MatmulInt4Args& args) {
  const Int4Product product(*configuration().isa, args);
  const int64_t floats =
      is_int4_row(product) ? int4_row_floats(product) : int4_tiles_floats(product);
  return static_cast<size_t>(floats) * sizeof(float);
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  const Int4Product product(*configuration().isa, args);
  float* x = static_cast<float*>(workspace);
  if (is_int4_row(product)) {
    multiply_int4_row(product, x);
  } else {
    multiply_int4_tiles(product, x);
  }
  return nullptr;
}

}  // namespace qutlass::cpu
