// The int4 product: picks how it is done.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/matmul_int4_integers.h"
#include "cpu/matmul_int4_tiles.h"
#include "cpu/matmul_matrices.h"

namespace qutlass::cpu {
namespace {

Int4Product product_of(const MatmulInt4Args& args) {
  return Int4Product(*configuration().isa, configuration().matrices, args);
}

// The products by matrices of floats; null where there are none.
const MatrixProduct<MatmulInt4Args>* matrix_product() {
  const MatrixUnit* matrices = configuration().matrices;
  return matrices ? &matrices->int4 : nullptr;
}

}  // namespace

size_t workspace_bytes(const MatmulInt4Args& args) {
  const Int4Product product = product_of(args);
  const size_t integers = has_int4_integers(product) ? int4_integers_bytes(product) : 0;
  const size_t floats = static_cast<size_t>(int4_tiles_floats(product)) * sizeof(float);
  return std::max({matrices_bytes(matrix_product(), args), integers, floats});
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  const Int4Product product = product_of(args);
  const bool in_tiles = is_in_int4_tiles(product);
  if (in_tiles && multiply_int4_integers(product, workspace)) return nullptr;
  if (multiply_matrices(matrix_product(), args, args.k, workspace)) return nullptr;
  if (!in_tiles && has_int4_integers(product) && multiply_int4_integers(product, workspace)) {
    return nullptr;
  }
  multiply_int4_tiles(product, static_cast<float*>(workspace));
  return nullptr;
}

}  // namespace qutlass::cpu
