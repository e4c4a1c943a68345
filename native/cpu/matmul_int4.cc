// The int4 product: picks how it is done.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/matmul_int4_integers.h"
#include "cpu/matmul_int4_tiles.h"
#include "cpu/matmul_matrices.h"

namespace qutlass::cpu {
namespace {

const MatrixProduct<MatmulInt4Args>* matrix_product() {
  const MatrixUnit* matrices = configuration().matrices;
  return matrices ? &matrices->int4 : nullptr;
}

}  // namespace

size_t workspace_bytes(const MatmulInt4Args& args) {
  const Int4Product product(*configuration().isa, args);
  const size_t integers = has_int4_integers(product) ? int4_integers_bytes(product) : 0;
  const size_t floats = static_cast<size_t>(int4_tiles_floats(product)) * sizeof(float);
  return std::max({matrices_bytes(matrix_product(), args), integers, floats});
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  if (multiply_matrices(matrix_product(), args, args.k, workspace)) return nullptr;
  const Int4Product product(*configuration().isa, args);
  if (has_int4_integers(product) && multiply_int4_integers(product, workspace)) return nullptr;
  multiply_int4_tiles(product, static_cast<float*>(workspace));
  return nullptr;
}

}  // namespace qutlass::cpu
