// From int32 sums to results: what the kernels of the integer products have in common. The product
// of two int4 comes as MatmulInt8Args too, without zero points: words are words.
#pragma once

#include "qutlass/ops.h"

namespace qutlass::cuda {

// What the epilogue needs of a row of the result.
struct IntegerRow {
  float scale;
  int32_t zero;

  IntegerRow() = default;
  __device__ __forceinline__ IntegerRow(const MatmulInt8Args& args, int64_t m)
      : scale(__ldg(args.sa + (args.sa_is_scalar ? 0 : m))),
        zero(args.a_zero ? __ldg(args.a_zero + m) : 0) {}

  // sum (a - zero) b, from sum a b and sum b. Only the end result must fit: int32 wraps.
  __device__ __forceinline__ int32_t centered(int32_t sum, int32_t column_sum) const {
    return static_cast<int32_t>(static_cast<uint32_t>(sum) -
                                static_cast<uint32_t>(zero) * static_cast<uint32_t>(column_sum));
  }
};

__device__ __forceinline__ float column_scale(const MatmulInt8Args& args, int64_t n) {
  return __ldg(args.sb + (args.sb_is_scalar ? 0 : n));
}

// f32(acc) * sa * sb, before bias and activation.
__device__ __forceinline__ float scaled(int32_t acc, const IntegerRow& row, float column_scale) {
  return multiply(multiply(static_cast<float>(acc), row.scale), column_scale);
}

// y[m, n] from its sum.
__device__ __forceinline__ void store_result(const MatmulInt8Args& args, const IntegerRow& row,
                                             int64_t m, int64_t n, int32_t acc) {
  const float bias = args.bias ? __ldg(args.bias + n) : 0.0f;
  args.y[m * args.n + n] = int8_epilogue(acc, row.scale, column_scale(args, n),
                                         args.bias != nullptr, bias, args.activation);
}

// Adds up the partial sums of a split k, [splits, m, n], and finishes them: one thread a result.
struct FinishIntegers {
  MatmulInt8Args args;
  const int32_t* partials;
  int splits;

  __device__ void operator()(int64_t m, int64_t n) const {
    const int64_t index = m * args.n + n;
    int32_t acc = 0;
    for (int split = 0; split < splits; ++split) {
      acc += __ldg(partials + split * args.m * args.n + index);
    }
    store_result(args, IntegerRow(args, m), m, n, acc);
  }
};

}  // namespace qutlass::cuda
