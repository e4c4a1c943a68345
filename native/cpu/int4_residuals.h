// What the residuals of activations (block_float.h) add to a block of y.
#pragma once

#include "cpu/block_float.h"
#include "cpu/int4_product.h"

namespace qutlass::cpu {

// Of a block of y.
constexpr int64_t kInt4BlockColumns = 32;

// A block of y, made of integers so far.
struct Int4BlockSums {
  int64_t first_row, rows, first_column, columns;
  float (*sums)[kInt4BlockColumns];
  // What some blocks of K add to the sums at least; else 0.
  const float (*magnitudes)[kInt4BlockColumns];
};

// Adds the products of residuals where they count: where they change a result by more than the
// contract grants.
void add_residuals(const Int4Product& product, const BlockFloatRows& x, const Int4BlockSums& block);

}  // namespace qutlass::cpu
