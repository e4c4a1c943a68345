// linear_int8, linear_int4 and linear_int8_int4: the rows of x are quantized, then multiplied, so
// that the bits are those of the two steps.
#include "cpu/kernels.h"
#include "cpu/multiply_int8_rows.h"
#include "cpu/workspace.h"
#include "qutlass/linear_product.h"

namespace qutlass::cpu {
namespace {

// Where the quantized rows of x are, and what their product needs after them.
struct QuantizedRows {
  int32_t* values;
  float* scale;
  int32_t* zero;
  void* product_workspace;
};

int64_t words_a_row(const LinearInt8Args& args) { return int8_words(args.k); }
int64_t words_a_row(const LinearInt4Args& args) { return int4_words(args.k); }
int64_t words_a_row(const LinearInt8Int4Args& args) { return int8_words(args.k); }

int64_t zero_points(const LinearInt8Args& args) { return args.m; }
int64_t zero_points(const LinearInt4Args&) { return 0; }
int64_t zero_points(const LinearInt8Int4Args& args) { return args.m; }

template <typename Args>
QuantizedRows take_rows(const Args& args, Workspace& workspace) {
  QuantizedRows rows;
  rows.values = workspace.take<int32_t>(args.m * words_a_row(args));
  rows.scale = workspace.take<float>(args.m);
  rows.zero = workspace.take<int32_t>(zero_points(args));
  rows.product_workspace = workspace.take<char>(0);
  return rows;
}

const char* quantize(const LinearInt8Args& args, const QuantizedRows& rows) {
  return quantize_int8({args.x, rows.values, rows.scale, rows.zero, args.m, args.k, args.symmetric,
                        args.method, args.rotation});
}

const char* quantize(const LinearInt4Args& args, const QuantizedRows& rows) {
  return quantize_int4(
      {args.x, rows.values, rows.scale, args.m, args.k, args.method, args.rotation});
}

const char* quantize(const LinearInt8Int4Args& args, const QuantizedRows& rows) {
  return quantize_int8({args.x, rows.values, rows.scale, rows.zero, args.m, args.k, true,
                        args.method, args.rotation});
}

template <typename Product, typename Args>
Product product_without_zeros(const Args& args, const QuantizedRows& rows) {
  auto product = product_of_rows<Product>(args, words_a_row(args));
  product.a = rows.values;
  product.sa = rows.scale;
  return product;
}

MatmulInt8Args product_of(const LinearInt8Args& args, const QuantizedRows& rows) {
  auto product = product_without_zeros<MatmulInt8Args>(args, rows);
  if (!args.symmetric) product.a_zero = rows.zero;
  product.b_is_prepacked = args.w_is_prepacked;
  return product;
}

MatmulInt4Int4Args product_of(const LinearInt4Args& args, const QuantizedRows& rows) {
  return product_without_zeros<MatmulInt4Int4Args>(args, rows);
}

Int8RowsProduct product_of(const LinearInt8Int4Args& args, const QuantizedRows& rows) {
  return {product_of_rows(args, rows.scale), rows.values};
}

template <typename Args>
size_t bytes_of_both(const Args& args) {
  Workspace workspace(nullptr);
  QuantizedRows rows = take_rows(args, workspace);
  // A product asks whether there are zero points, and there is no memory for them yet.
  int32_t some_zero = 0;
  rows.zero = &some_zero;
  return workspace.bytes() + workspace_bytes(product_of(args, rows));
}

template <typename Args, typename Product>
const char* quantize_and_multiply(const Args& args, void* memory,
                                  const char* (*multiply)(const Product&, void*)) {
  Workspace workspace(memory);
  const QuantizedRows rows = take_rows(args, workspace);
  if (const char* error = quantize(args, rows)) return error;
  return multiply(product_of(args, rows), rows.product_workspace);
}

}  // namespace

size_t workspace_bytes(const LinearInt8Args& args) { return bytes_of_both(args); }
size_t workspace_bytes(const LinearInt4Args& args) { return bytes_of_both(args); }
size_t workspace_bytes(const LinearInt8Int4Args& args) { return bytes_of_both(args); }

const char* linear_int8(const LinearInt8Args& args, void* memory) {
  return quantize_and_multiply(args, memory, matmul_int8);
}

const char* linear_int4(const LinearInt4Args& args, void* memory) {
  return quantize_and_multiply(args, memory, matmul_int4_int4);
}

const char* linear_int8_int4(const LinearInt8Int4Args& args, void* memory) {
  return quantize_and_multiply(args, memory, multiply_int8_rows);
}

}  // namespace qutlass::cpu
