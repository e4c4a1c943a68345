// The product of two int4 operands: the int8 one's loops, over kernels that take nibbles.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/integer_product.h"
#include "cpu/kernels.h"
#include "cpu/matmul_matrices.h"

namespace qutlass::cpu {
namespace {

IntegerProduct int4_int4_product() {
  const Isa& isa = *configuration().isa;
  return {isa, isa.int4_int4, kInt4PerWord};
}

const MatrixProduct<MatmulInt8Args>* matrix_product() {
  const MatrixUnit* matrices = configuration().matrices;
  return matrices ? &matrices->int4_int4 : nullptr;
}

}  // namespace

size_t workspace_bytes(const MatmulInt4Int4Args& args) {
  const MatmulInt8Args product = as_words(args);
  return std::max(workspace_bytes(int4_int4_product(), product),
                  matrices_bytes(matrix_product(), product));
}

const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* memory) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  const MatmulInt8Args product = as_words(args);
  if (!multiply_matrices(matrix_product(), product, args.words * kInt4PerWord, memory)) {
    multiply_integers(int4_int4_product(), product, memory);
  }
  return nullptr;
}

}  // namespace qutlass::cpu
