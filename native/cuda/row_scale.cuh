// What a pass over a row finds for its scale, by a team of warps: the range of its values, or the
// sum of their squares.
#pragma once

#include "cuda/rotate_row.cuh"
#include "cuda/value_range.cuh"
#include "cuda/warp_segment.cuh"
#include "qutlass/numerics.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// The sum of neighbours, of neighbouring sums, and so on, over the 32 lanes; in every lane.
__device__ __forceinline__ float sum_of_lanes(float sum) {
#pragma unroll
  for (int bit = 1; bit < kWarpSize; bit *= 2) {
    sum = add(sum, __shfl_xor_sync(0xffffffffu, sum, bit));
  }
  return sum;
}

// The same of the squares of a chunk.
__device__ __forceinline__ float sum_of_squares(const Chunk& values) {
  float sums[kChunkFours];
#pragma unroll
  for (int i = 0; i < kChunkFours; ++i) {
    float squares[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) squares[j] = multiply(values[i][j], values[i][j]);
    sums[i] = sum_of_lanes(add(add(squares[0], squares[1]), add(squares[2], squares[3])));
  }
#pragma unroll
  for (int step = 1; step < kChunkFours; step *= 2) {
#pragma unroll
    for (int i = 0; i < kChunkFours; i += 2 * step) sums[i] = add(sums[i], sums[i + step]);
  }
  return sums[0];
}

// Rows of more elements than this have no room for the sums of their chunks.
constexpr int64_t kMaxQuestK = int64_t{1} << 24;

// So many sums are there room for: a power of two, and one for each lane.
QUTLASS_HOST_DEVICE inline uint32_t chunk_sum_count(int64_t k) {
  const int64_t chunks = ceil_div(k, kChunkValues);
  uint32_t count = kWarpSize;
  while (count < chunks) count *= 2;
  return count;
}

// The sum of neighbours, of neighbouring sums, and so on, of what stands in shared memory: `chunks`
// sums in room for chunk_sum_count. By a whole block, in every thread.
__device__ __forceinline__ float sum_of_chunks(float* sums, uint32_t chunks) {
  uint32_t per_lane = 1;
  while (per_lane * kWarpSize < chunks) per_lane *= 2;
  __syncthreads();
  const uint32_t first = lane_index() * per_lane;
  if (per_lane > 1) {
    if (threadIdx.x < kWarpSize) {
      for (uint32_t i = first; i < first + per_lane; ++i) {
        if (i >= chunks) sums[i] = 0.0f;
      }
      for (uint32_t step = 1; step < per_lane; step *= 2) {
        for (uint32_t i = first; i < first + per_lane; i += 2 * step) {
          sums[i] = add(sums[i], sums[i + step]);
        }
      }
    }
    __syncthreads();
  }
  return sum_of_lanes(first < chunks ? sums[first] : 0.0f);
}

__device__ __forceinline__ ValueRange range_of_block(ValueRange range) {
  __shared__ ValueRange warps[kWarpSize];
  range = warp_range(range);
  if (lane_index() == 0) warps[threadIdx.x / kWarpSize] = range;
  __syncthreads();
  return warp_range(lane_index() < blockDim.x / kWarpSize ? warps[lane_index()] : ValueRange{});
}

template <class Team, bool kHasMethods>
class RowScale {
 public:
  // Of a row of so many fours. With a block for a team `sums` is in shared memory, chunk_sum_count(k)
  // of them.
  __device__ __forceinline__ RowScale(ScaleMethod method, uint32_t row_fours, float* sums)
      : is_quest_(kHasMethods && method == ScaleMethod::kQuest),
        chunks_(static_cast<uint32_t>(ceil_div(row_fours, kChunkFours * kWarpSize))),
        sums_(sums) {}

  // A warp's batch, which with methods is chunk number `chunk` of the row.
  template <int kFours>
  __device__ __forceinline__ void include(const float (&values)[kFours][4], uint32_t chunk) {
    if constexpr (kHasMethods) {
      if (is_quest_) return include_squares(values, chunk);
    }
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
#pragma unroll
      for (int j = 0; j < 4; ++j) range_.include(values[i][j]);
    }
  }

  // Of all that the team has included, in every thread.
  template <class Format>
  __device__ __forceinline__ Quantizer quantizer(int64_t k, bool symmetric) {
    if constexpr (kHasMethods) {
      if (is_quest_) {
        const float sum = Team::kIsBlock ? sum_of_chunks(sums_, chunks_) : sum_;
        return Format::symmetric_quantizer_of(quest_limit(sum, k, Format::kQuest));
      }
    }
    const ValueRange range = Team::kIsBlock ? range_of_block(range_) : warp_range(range_);
    return Format::quantizer_of(range, symmetric);
  }

 private:
  __device__ __forceinline__ void include_squares(const Chunk& values, uint32_t chunk) {
    sum_ = sum_of_squares(values);
    if (Team::kIsBlock && lane_index() == 0 && chunk < chunks_) sums_[chunk] = sum_;
  }

  bool is_quest_;
  uint32_t chunks_;
  float* sums_;
  ValueRange range_;
  float sum_ = 0.0f;  // of the last chunk
};

}  // namespace qutlass::cuda
