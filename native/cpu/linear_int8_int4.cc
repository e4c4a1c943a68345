// linear_int8_int4: the rows of x are quantized to int8, then multiplied with int4 weights.
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

  QuantizedRows(const LinearInt8Int4Args& args, Workspace& workspace)
      : values(workspace.take<int32_t>(args.m * int8_words(args.k))),
        scale(workspace.take<float>(args.m)),
        zero(workspace.take<int32_t>(args.m)),
        product_workspace(workspace.take<char>(0)) {}
};

}  // namespace

size_t workspace_bytes(const LinearInt8Int4Args& args) {
  Workspace workspace(nullptr);
  const QuantizedRows rows(args, workspace);
  return workspace.bytes() + int8_rows_workspace_bytes(product_of_rows(args, rows.scale));
}

const char* linear_int8_int4(const LinearInt8Int4Args& args, void* memory) {
  Workspace workspace(memory);
  const QuantizedRows rows(args, workspace);
  const char* error = quantize_int8({args.x, rows.values, rows.scale, rows.zero, args.m, args.k,
                                     true, args.method, args.rotation});
  if (error) return error;
  return multiply_int8_rows(product_of_rows(args, rows.scale), rows.values, rows.product_workspace);
}

}  // namespace qutlass::cpu
