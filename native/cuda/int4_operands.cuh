// What the tiled int4 product reads instead of x, put into the workspace by one kernel: x in bf16,
// in the order of k that int4_to_bf16.cuh asks for.
#pragma once

#include "cuda/int4_to_bf16.cuh"
#include "cuda/vector.cuh"
#include "qutlass/ops.h"

namespace qutlass::cuda {

constexpr int kInt4StepK = 128;  // elements of k in a step of the tiles

struct PermutedX {
  uint16_t* data;    // [m, padded_k]
  int64_t padded_k;  // whole steps; the padding is 0
  int64_t bytes;

  PermutedX(const MatmulInt4Args& args, void* workspace)
      : data(static_cast<uint16_t*>(workspace)),
        padded_k(round_up(args.k, kInt4StepK)),
        bytes(round_up(2 * args.m * padded_k, 256)) {}
};

// One thread eight elements of x.
struct PermuteX {
  MatmulInt4Args args;
  PermutedX permuted;

  int64_t words() const { return permuted.padded_k / kInt4PerWord; }

  __device__ void operator()(int64_t m, int64_t word) const {
    const int64_t k = word * kInt4PerWord;
    const float* source = args.x + m * args.k + k;
    float low[4];
    float high[4];
    load_4(low, source, args.k - k);
    load_4(high, source + 4, args.k - k - 4);
    uint16_t* block = permuted.data + m * permuted.padded_k + k / kBlockK * kBlockK;
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int position = permuted_position(static_cast<int>(k % kBlockK) + j);
      *reinterpret_cast<uint32_t*>(block + position) = ptx::bf16_pair(low[j], high[j]);
    }
  }
};

}  // namespace qutlass::cuda
