// Rotations of what the lanes of a warp hold: a chunk of 1024 values.
#pragma once

#include <cmath>

#include "cuda/device.h"
#include "cuda/vector.cuh"
#include "qutlass/numerics.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

constexpr int kChunkValues = 1024;
constexpr int kLaneValues = kChunkValues / kWarpSize;

// A lane's values of a chunk, in which it holds kNeighbours in a row of every 32 * kNeighbours:
// values[i] is number (i / kNeighbours * 32 + lane) * kNeighbours + i % kNeighbours of the chunk.
using Chunk = float[kLaneValues];

// The stage of the butterflies (a + b, a - b) of values kStride apart. Where the partner is in
// another lane, the product with 1 or -1 is exact, so that the multiply-add has the bits of the
// addition or subtraction.
template <int kNeighbours, int kStride>
__device__ __forceinline__ void butterflies(Chunk& values) {
  if constexpr (kStride >= kNeighbours && kStride < kNeighbours * kWarpSize) {
    constexpr int kLaneBit = kStride / kNeighbours;
    const float sign = threadIdx.x & kLaneBit ? -1.0f : 1.0f;
#pragma unroll
    for (int i = 0; i < kLaneValues; ++i) {
      const float other = __shfl_xor_sync(0xffffffffu, values[i], kLaneBit);
      values[i] = __fmaf_rn(values[i], sign, other);
    }
  } else {
    constexpr int kStep = kStride < kNeighbours ? kStride : kStride / kWarpSize;
#pragma unroll
    for (int pair = 0; pair < kLaneValues / 2; ++pair) {
      const int a = pair / kStep * 2 * kStep + pair % kStep;
      const float sum = add(values[a], values[a + kStep]);
      values[a + kStep] = add(values[a], -values[a + kStep]);
      values[a] = sum;
    }
  }
}

// H / sqrt(block_size) times each block.
struct HadamardRotation {
  int block_size;  // 0 for none
  float factor;

  explicit HadamardRotation(int64_t size)
      : block_size(static_cast<int>(size)),
        factor(size ? static_cast<float>(1.0 / std::sqrt(static_cast<double>(size))) : 1.0f) {}

  // The chunk begins where a block does. All lanes of the warp take part.
  template <int kNeighbours>
  __device__ __forceinline__ void rotate(Chunk& values) const {
    if (block_size == 0) return;
    butterflies<kNeighbours, 1>(values);
    butterflies<kNeighbours, 2>(values);
    butterflies<kNeighbours, 4>(values);
    butterflies<kNeighbours, 8>(values);
    if (block_size > 16) butterflies<kNeighbours, 16>(values);
    if (block_size > 32) butterflies<kNeighbours, 32>(values);
    if (block_size > 64) butterflies<kNeighbours, 64>(values);
    if (block_size > 128) butterflies<kNeighbours, 128>(values);
    if (block_size > 256) butterflies<kNeighbours, 256>(values);
    if (block_size > 512) butterflies<kNeighbours, 512>(values);
#pragma unroll
    for (int i = 0; i < kLaneValues; ++i) values[i] = multiply(values[i], factor);
  }
};

// The product of blocks with a matrix [size, size].
struct MatrixRotation {
  const float* matrix;
  uint32_t size;
  bool has_fours;  // four neighbours are in one block, in the matrix at a multiple of 16 bytes

  explicit MatrixRotation(const float* matrix, int64_t size)
      : matrix(matrix),
        size(static_cast<uint32_t>(size)),
        has_fours(size % 4 == 0 && values_past_16_bytes(matrix) == 0) {}

  // Column `column` of a block times the matrix.
  __device__ __forceinline__ float one(const float* block, uint32_t column) const {
    float sum = multiply(__ldg(block), __ldg(matrix + column));
    for (uint32_t i = 1; i < size; ++i) {
      sum = add(sum, multiply(__ldg(block + i), __ldg(matrix + i * size + column)));
    }
    return sum;
  }

  // Columns column ... column + 4 * kFours - 1 of kBlocks blocks, `stride` values apart. has_fours
  // must be true.
  template <int kBlocks, int kFours>
  __device__ __forceinline__ void fours(float (&sums)[kBlocks][4 * kFours], const float* first,
                                        int64_t stride, uint32_t column) const {
#pragma unroll
    for (int b = 0; b < kBlocks; ++b) {
#pragma unroll
      for (int j = 0; j < 4 * kFours; ++j) sums[b][j] = -0.0f;  // to which adding x gives x
    }
    const float* row = matrix + column;
#pragma unroll 2
    for (uint32_t i = 0; i < size; ++i, row += size) {
      float of_matrix[kFours][4];
#pragma unroll
      for (int f = 0; f < kFours; ++f) load_aligned_4(of_matrix[f], row + 4 * f, 4);
#pragma unroll
      for (int b = 0; b < kBlocks; ++b) {
        const float x = __ldg(first + b * stride + i);
#pragma unroll
        for (int j = 0; j < 4 * kFours; ++j) {
          sums[b][j] = add(sums[b][j], multiply(x, of_matrix[j / 4][j % 4]));
        }
      }
    }
  }
};

}  // namespace qutlass::cuda
