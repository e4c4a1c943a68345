// The product at the end of a linear layer whose rows are quantized as they come.
#pragma once

#include <cstdint>

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

}  // namespace qutlass
