// What the tiles of the int4 product read instead of x, put into the workspace by one kernel: x in
// bf16, in an order of k in which each lane's elements are neighbours.
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

// The eight elements of x that a word of weights is multiplied with, from element k of a row of
// `length`: in the pairs of int4_to_bf16, with zeros beyond the row.
__device__ __forceinline__ uint4 pairs_of_x(const float* row, int64_t k, int64_t length) {
  float low[4];
  float high[4];
  load_4(low, row + k, length - k);
  load_4(high, row + k + 4, length - k - 4);
  return uint4{ptx::bf16_pair(low[0], high[0]), ptx::bf16_pair(low[1], high[1]),
               ptx::bf16_pair(low[2], high[2]), ptx::bf16_pair(low[3], high[3])};
}

// Fills it, one thread a word: the pairs lie where ldmatrix takes them from.
struct PermuteX {
  MatmulInt4Args args;
  PermutedX permuted;

  int64_t words() const { return permuted.padded_k / kInt4PerWord; }

  __device__ void operator()(int64_t m, int64_t word) const {
    const int64_t k = word * kInt4PerWord;
    const uint4 pairs = pairs_of_x(args.x + m * args.k, k, args.k);
    uint16_t* block = permuted.data + m * permuted.padded_k + k / kBlockK * kBlockK;
    const uint32_t of_word[4] = {pairs.x, pairs.y, pairs.z, pairs.w};
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int position = permuted_position(static_cast<int>(k % kBlockK) + j);
      *reinterpret_cast<uint32_t*>(block + position) = of_word[j];
    }
  }
};

}  // namespace qutlass::cuda
