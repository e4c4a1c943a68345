// linear_int8_int4: the rows of x are quantized to int8, and their integers multiplied with int4
// weights, scales and all, as the int4 product does it.
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

// The quantized rows, and the same as floats, which are bf16 values.
struct QuantizedRows {
  int32_t* values;
  float* scale;
  int32_t* zero;
  float* floats;
  void* product_workspace;
};

QuantizedRows take_rows(const LinearInt8Int4Args& args, Workspace& workspace) {
  QuantizedRows rows;
  rows.values = workspace.take<int32_t>(args.m * int8_words(args.k));
  rows.scale = workspace.take<float>(args.m);
  rows.zero = workspace.take<int32_t>(args.m);
  rows.floats = workspace.take<float>(args.m * args.k);
  rows.product_workspace = workspace.take<char>(0);
  return rows;
}

MatmulInt4Args product_of(const LinearInt8Int4Args& args, const QuantizedRows& rows) {
  return {rows.floats, args.w, args.scales, args.zeros,      args.bias,       args.y,
          args.m,      args.n, args.k,      args.group_size, args.activation, rows.scale};
}

void make_floats(const LinearInt8Int4Args& args, const QuantizedRows& rows) {
  parallel_for(args.m, args.m * args.k, [&](int64_t row) {
    const int32_t* words = rows.values + row * int8_words(args.k);
    float* floats = rows.floats + row * args.k;
    for (int64_t k = 0; k < args.k; ++k) {
      const auto word = static_cast<uint32_t>(words[k / kInt8PerWord]);
      floats[k] = static_cast<float>(int8_of(word, static_cast<int>(k % kInt8PerWord)));
    }
  });
}

}  // namespace

size_t workspace_bytes(const LinearInt8Int4Args& args) {
  Workspace workspace(nullptr);
  const QuantizedRows rows = take_rows(args, workspace);
  return workspace.bytes() + workspace_bytes(product_of(args, rows));
}

const char* linear_int8_int4(const LinearInt8Int4Args& args, void* memory) {
  Workspace workspace(memory);
  const QuantizedRows rows = take_rows(args, workspace);
  const char* error = quantize_int8({args.x, rows.values, rows.scale, rows.zero, args.m, args.k,
                                     true, args.method, args.rotation});
  if (error) return error;
  make_floats(args, rows);
  return matmul_int4(product_of(args, rows), rows.product_workspace);
}

}  // namespace qutlass::cpu
