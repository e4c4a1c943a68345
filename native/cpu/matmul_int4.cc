// The int4 product: picks how it is done.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/matmul_int4_integers.h"
#include "cpu/matmul_int4_tiles.h"
#include "cpu/matmul_matrices.h"
#include "cpu/multiply_int8_rows.h"
#include "cpu/parallel.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

Int4Product product_of(const MatmulInt4Args& args, const int32_t* int8_rows = nullptr) {
  return Int4Product(*configuration().isa, configuration().matrices, args, int8_rows);
}

// The products by matrices of floats; null where there are none.
const MatrixProduct<MatmulInt4Args>* matrix_product(const MatmulInt4Args& args) {
  const MatrixUnit* matrices = configuration().matrices;
  if (!matrices) return nullptr;
  return args.is_prepacked ? &matrices->kept_int4 : &matrices->int4;
}

// Whether int8 rows are multiplied as they are; else as floats, by matrices or vectors of them.
bool has_int8_rows_kernels(const Int4Product& product) {
  if (is_in_int4_tiles(product)) return true;
  return has_int4_integers(product) &&
         matrices_bytes(matrix_product(product.args), product.args) == 0;
}

// The integers of int8 rows as floats, which are bf16 values, and what their product needs after
// them.
struct FloatRows {
  float* values;
  void* product_workspace;

  FloatRows(const MatmulInt4Args& args, Workspace& workspace)
      : values(workspace.take<float>(args.m * args.k)),
        product_workspace(workspace.take<char>(0)) {}

  void make(const MatmulInt4Args& args, const int32_t* int8_rows) const {
    const int64_t words = int8_words(args.k);
    parallel_for(args.m, args.m * args.k, [&](int64_t row) {
      // Byte by byte, as words lie in memory: compilers vectorize that. Taking elements out of
      // words took up to a quarter of a product's time.
      const auto* elements = reinterpret_cast<const int8_t*>(int8_rows + row * words);
      float* out = values + row * args.k;
      for (int64_t k = 0; k < args.k; ++k) out[k] = static_cast<float>(elements[k]);
    });
  }
};

}  // namespace

size_t workspace_bytes(const MatmulInt4Args& args) {
  const Int4Product product = product_of(args);
  const size_t integers = has_int4_integers(product) ? int4_integers_bytes(product) : 0;
  const size_t floats = static_cast<size_t>(int4_tiles_floats(product)) * sizeof(float);
  return std::max({matrices_bytes(matrix_product(args), args), integers, floats});
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  const Int4Product product = product_of(args);
  if (multiply_matrices(matrix_product(args), args, args.k, workspace)) return nullptr;
  if (has_int4_integers(product) && multiply_int4_integers(product, workspace)) return nullptr;
  multiply_int4_tiles(product, static_cast<float*>(workspace));
  return nullptr;
}

size_t workspace_bytes(const Int8RowsProduct& of_int8) {
  // The product asks whether there are rows, and there is no memory for them yet.
  const int32_t some_row = 0;
  const Int4Product product = product_of(of_int8.args, &some_row);
  if (has_int8_rows_kernels(product)) return int4_integers_bytes(product);
  Workspace workspace(nullptr);
  const FloatRows floats(of_int8.args, workspace);
  return workspace.bytes() + workspace_bytes(of_int8.args);
}

const char* multiply_int8_rows(const Int8RowsProduct& of_int8, void* memory) {
  if (const char* error = configuration_error()) return error;
  MatmulInt4Args args = of_int8.args;
  if (args.m == 0 || args.n == 0) return nullptr;
  const Int4Product product = product_of(args, of_int8.rows);
  if (has_int8_rows_kernels(product)) {
    multiply_int4_integers(product, memory);
    return nullptr;
  }
  Workspace workspace(memory);
  const FloatRows floats(args, workspace);
  floats.make(args, of_int8.rows);
  args.x = floats.values;
  return matmul_int4(args, floats.product_workspace);
}

}  // namespace qutlass::cpu
