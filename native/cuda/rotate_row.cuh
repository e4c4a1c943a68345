// Rotations of what the lanes of a warp hold: 1024 consecutive values, in 8 segments of 128
// (warp_segment.cuh), four values a lane of each.
#pragma once

#include <cmath>

#include "cuda/device.h"
#include "cuda/vector.cuh"
#include "qutlass/numerics.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

constexpr int kChunkFours = 8;  // of a lane
constexpr int kChunkValues = kChunkFours * 4 * kWarpSize;

using Chunk = float[kChunkFours][4];

// (a + b, a - b).
__device__ __forceinline__ void butterfly(float& a, float& b) {
  const float sum = add(a, b);
  b = add(a, -b);
  a = sum;
}

// A stage of stride 4 * kLaneBit: the partner of each value is in another lane. A product with 1 or
// -1 is exact, so that this multiply-add has the bits of the addition or subtraction.
template <int kLaneBit>
__device__ __forceinline__ void butterflies_across_lanes(Chunk& values) {
  constexpr unsigned kAllLanes = 0xffffffffu;
  const float sign = threadIdx.x & kLaneBit ? -1.0f : 1.0f;
#pragma unroll
  for (int i = 0; i < kChunkFours; ++i) {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const float other = __shfl_xor_sync(kAllLanes, values[i][j], kLaneBit);
      values[i][j] = __fmaf_rn(values[i][j], sign, other);
    }
  }
}

// A stage of stride 128 * kFourBit.
template <int kFourBit>
__device__ __forceinline__ void butterflies_across_segments(Chunk& values) {
#pragma unroll
  for (int i = 0; i < kChunkFours; ++i) {
    if (i & kFourBit) continue;
#pragma unroll
    for (int j = 0; j < 4; ++j) butterfly(values[i][j], values[i | kFourBit][j]);
  }
}

// H / sqrt(block_size) times each block.
struct HadamardRotation {
  int block_size;  // 0 for none
  float factor;

  HadamardRotation() = default;
  explicit HadamardRotation(int64_t size)
      : block_size(static_cast<int>(size)),
        factor(size ? static_cast<float>(1.0 / std::sqrt(static_cast<double>(size))) : 1.0f) {}

  // The chunk begins where a block does. All lanes of the warp take part.
  __device__ __forceinline__ void rotate(Chunk& values) const {
    if (block_size == 0) return;
#pragma unroll
    for (int i = 0; i < kChunkFours; ++i) {
      butterfly(values[i][0], values[i][1]);
      butterfly(values[i][2], values[i][3]);
      butterfly(values[i][0], values[i][2]);
      butterfly(values[i][1], values[i][3]);
    }
    butterflies_across_lanes<1>(values);
    butterflies_across_lanes<2>(values);
    if (block_size > 16) butterflies_across_lanes<4>(values);
    if (block_size > 32) butterflies_across_lanes<8>(values);
    if (block_size > 64) butterflies_across_lanes<16>(values);
    if (block_size > 128) butterflies_across_segments<1>(values);
    if (block_size > 256) butterflies_across_segments<2>(values);
    if (block_size > 512) butterflies_across_segments<4>(values);
#pragma unroll
    for (int i = 0; i < kChunkFours; ++i) {
#pragma unroll
      for (int j = 0; j < 4; ++j) values[i][j] = multiply(values[i][j], factor);
    }
  }
};

// The product of blocks with a matrix [size, size].
struct MatrixRotation {
  const float* matrix;
  uint32_t size;
  bool has_fours;  // four neighbours are in one block, in the matrix at a multiple of 16 bytes

  MatrixRotation() = default;
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

  // Columns column ... column + 3 of kBlocks blocks, `stride` values apart. has_fours must be true.
  template <int kBlocks>
  __device__ __forceinline__ void fours(float (&sums)[kBlocks][4], const float* first,
                                        int64_t stride, uint32_t column) const {
    const float* row = matrix + column;
    float of_matrix[4];
    load_aligned_4(of_matrix, row, 4);
#pragma unroll
    for (int b = 0; b < kBlocks; ++b) {
      const float x = __ldg(first + b * stride);
#pragma unroll
      for (int j = 0; j < 4; ++j) sums[b][j] = multiply(x, of_matrix[j]);
    }
#pragma unroll 4
    for (uint32_t i = 1; i < size; ++i) {
      row += size;
      load_aligned_4(of_matrix, row, 4);
#pragma unroll
      for (int b = 0; b < kBlocks; ++b) {
        const float x = __ldg(first + b * stride + i);
#pragma unroll
        for (int j = 0; j < 4; ++j) sums[b][j] = add(sums[b][j], multiply(x, of_matrix[j]));
      }
    }
  }
};

}  // namespace qutlass::cuda
