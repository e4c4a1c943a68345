// A product by a matrix unit: activations are arranged, then every task makes a block of y.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

#include "cpu/matrix_unit.h"
#include "cpu/parallel.h"
#include "cpu/rounding.h"

namespace qutlass::cpu {

// Bytes of scratch, aligned to 64; 0 where the product is not one for the unit, or there is none.
template <typename Args>
size_t matrices_bytes(const MatrixProduct<Args>* product, const Args& args) {
  if (!product) return 0;
  return static_cast<size_t>(divide_up(args.m, product->strip_rows) * product->strip_bytes(args));
}

// Rows of a block of y: whole pairs of strips that fit the second-level cache, for each block of
// columns reads them again.
template <typename Args>
int64_t rows_of_block(const MatrixProduct<Args>& product, int64_t strip_bytes) {
  constexpr int64_t kMostBytes = 1536 * 1024;
  const int64_t pairs = std::max<int64_t>(kMostBytes / (2 * strip_bytes), 1);
  return std::min(product.block_rows, pairs * 2 * product.strip_rows);
}

// False where the product is not one for the unit, or there is none: then nothing has been done.
template <typename Args>
bool multiply_matrices(const MatrixProduct<Args>* product, const Args& args, int64_t k,
                       void* memory) {
  // Simple operations: of arranging an element, and products of one.
  constexpr int64_t kWorkPerElement = 2, kProductsPerWork = 64;
  if (matrices_bytes(product, args) == 0) return false;
  char* const strips = static_cast<char*>(memory);
  const int64_t strip_bytes = product->strip_bytes(args);
  std::atomic<bool> is_arranged{true};
  parallel_for(
      divide_up(args.m, product->strip_rows), args.m * k * kWorkPerElement, [&](int64_t strip) {
        if (!product->arrange(args, strip * product->strip_rows, strips + strip * strip_bytes)) {
          is_arranged = false;
        }
      });
  if (!is_arranged) return false;
  const int64_t block_rows = rows_of_block(*product, strip_bytes);
  const int64_t row_blocks = divide_up(args.m, block_rows);
  const int64_t column_blocks = divide_up(args.n, product->block_columns);
  const int64_t work = args.m * args.n * k / kProductsPerWork;
  parallel_for(row_blocks * column_blocks, work, [&](int64_t task) {
    const int64_t first_row = task / column_blocks * block_rows;
    Args to_last_row = args;
    to_last_row.m = std::min(args.m, first_row + block_rows);
    product->multiply(to_last_row, strips + first_row / product->strip_rows * strip_bytes,
                      first_row, task % column_blocks * product->block_columns);
  });
  return true;
}

}  // namespace qutlass::cpu
