// From float32 sums to results: what the kernels of the int4 product have in common.
#pragma once

#include "qutlass/ops.h"

namespace qutlass::cuda {

// By which the sums of row m are multiplied. 1 changes none of them.
__device__ __forceinline__ float row_scale(const MatmulInt4Args& args, int64_t m) {
  return args.row_scale ? __ldg(args.row_scale + m) : 1.0f;
}

// y[m, n] from its sum.
__device__ __forceinline__ void store_result(const MatmulInt4Args& args, int64_t m, int64_t n,
                                             float sum) {
  sum = multiply(sum, row_scale(args, m));
  const float bias = args.bias ? __ldg(args.bias + n) : 0.0f;
  args.y[m * args.n + n] = int4_epilogue(sum, args.bias != nullptr, bias, args.activation);
}

// Adds up the partial sums of a split k, [splits, m, n], in order and finishes them: one thread a
// result.
struct FinishInt4 {
  MatmulInt4Args args;
  const float* partials;
  int splits;

  __device__ void operator()(int64_t m, int64_t n) const {
    const int64_t index = m * args.n + n;
    float sum = 0.0f;
    for (int split = 0; split < splits; ++split) {
      sum += __ldg(partials + split * args.m * args.n + index);
    }
    store_result(args, m, n, sum);
  }
};

}  // namespace qutlass::cuda
