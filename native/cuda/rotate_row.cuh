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

// A lane's values of a chunk; which ones depends on who holds it.
using Chunk = float[kLaneValues];

// The butterflies (a + b, a - b) of a lane's values kStep registers apart.
template <int kStep>
__device__ __forceinline__ void butterflies(Chunk& values) {
#pragma unroll
  for (int pair = 0; pair < kLaneValues / 2; ++pair) {
    const int a = pair / kStep * 2 * kStep + pair % kStep;
    const float sum = add(values[a], values[a + kStep]);
    values[a + kStep] = add(values[a], -values[a + kStep]);
    values[a] = sum;
  }
}

// H / sqrt(block_size) times each block.
struct HadamardRotation {
  int block_size;  // 0 for none
  float factor;

  explicit HadamardRotation(int64_t size)
      : block_size(static_cast<int>(size)),
        factor(size ? static_cast<float>(1.0 / std::sqrt(static_cast<double>(size))) : 1.0f) {}
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
