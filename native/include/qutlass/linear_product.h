// The products at the end of linear layers whose rows are quantized as they come.
#pragma once

#include <cstdint>

#include "qutlass/ops.h"

namespace qutlass {

// The Product (ops.h) of the weights of `args`, a LinearInt8Args or LinearInt4Args, and rows of so
// many words. What the rows quantized to, a and sa, is the caller's to add, and their zero points.
template <typename Product, typename Args>
Product product_of_rows(const Args& args, int64_t words) {
  Product product{};
  product.b = args.w;
  product.sb = args.w_scale;
  product.sb_is_scalar = args.w_scale_is_scalar;
  product.bias = args.bias;
  product.y = args.y;
  product.m = args.m;
  product.n = args.n;
  product.words = words;
  product.activation = args.activation;
  return product;
}

// The same of int8 rows and int4 weights: rows with scales. What they quantized to is the caller's.
inline MatmulInt4Args product_of_rows(const LinearInt8Int4Args& args, const float* row_scale) {
  MatmulInt4Args product{};
  product.w = args.w;
  product.scales = args.scales;
  product.zeros = args.zeros;
  product.bias = args.bias;
  product.y = args.y;
  product.m = args.m;
  product.n = args.n;
  product.k = args.k;
  product.group_size = args.group_size;
  product.activation = args.activation;
  product.row_scale = row_scale;
  product.is_prepacked = args.is_prepacked;
  return product;
}

}  // namespace qutlass
