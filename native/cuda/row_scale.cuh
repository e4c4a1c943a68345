// What a pass over a row finds for its scale, by a team of warps: the range of its values, or the
// sum of their squares.
#pragma once

#include "cuda/grouped_chunk.cuh"
#include "cuda/quantize_row.cuh"
#include "cuda/value_range.cuh"

namespace qutlass::cuda {

// What a block's scale takes of shared memory, as the compiler rounds it up.
constexpr int kScaleSharedBytes =
    static_cast<int>(round_up(sizeof(ValueRange) * kWarpSize + sizeof(Quantizer), 128));

// Over all threads of the team, in every thread.
template <class Team>
__device__ __forceinline__ ValueRange range_of_team(ValueRange range) {
  range = warp_range(range);
  if constexpr (Team::kIsBlock) {
    __shared__ ValueRange warps[kWarpSize];
    if (lane_index() == 0) warps[Team::warp()] = range;
    __syncthreads();
    range = warp_range(lane_index() < Team::warps() ? warps[lane_index()] : ValueRange{});
  }
  return range;
}

template <class Format>
__device__ __forceinline__ Quantizer quantizer_of(const ValueRange& range, bool symmetric) {
  return symmetric ? Format::of_limit(range.amax()) : Format::of_range(range);
}

// With abs_max.
template <class Team>
class RangeScale {
 public:
  __device__ __forceinline__ explicit RangeScale(const QuantizedRow& row)
      : symmetric_(row.symmetric) {}

  // What a lane holds of a chunk.
  template <int kValues>
  __device__ __forceinline__ void include(const float (&values)[kValues], uint32_t) {
#pragma unroll
    for (int i = 0; i < kValues; ++i) range_.include(values[i]);
  }

  // Of all that the team has included, in every thread.
  template <class Format>
  __device__ __forceinline__ Quantizer quantizer() const {
    return quantizer_of<Format>(range_of_team<Team>(range_), symmetric_);
  }

 private:
  bool symmetric_;
  ValueRange range_;
};

// The sum of neighbours, of neighbouring sums, and so on, over the 32 lanes; in every lane.
__device__ __forceinline__ float sum_of_lanes(float sum) {
#pragma unroll
  for (int bit = 1; bit < kWarpSize; bit *= 2) {
    sum = add(sum, __shfl_xor_sync(0xffffffffu, sum, bit));
  }
  return sum;
}

// The same of the squares of a chunk whose groups are split so: over neighbours, then over each bit
// of the groups' numbers, wherever it is.
__device__ __forceinline__ float sum_of_squares(const Chunk& values, int split) {
  float sums[kLaneGroups];
#pragma unroll
  for (int group = 0; group < kLaneGroups; ++group) {
    float squares[kNeighbours];
#pragma unroll
    for (int i = 0; i < kNeighbours; ++i) {
      const float value = values[group * kNeighbours + i];
      squares[i] = multiply(value, value);
    }
#pragma unroll
    for (int step = 1; step < kNeighbours; step *= 2) {
#pragma unroll
      for (int i = 0; i < kNeighbours; i += 2 * step)
        squares[i] = add(squares[i], squares[i + step]);
    }
    sums[group] = squares[0];
  }
#pragma unroll
  for (int bit = 0; bit < kGroupBits; ++bit) {
    if (bit == split) sums[0] = sums[1] = add(sums[0], sums[1]);
    if (bit == kTopSplit) break;
#pragma unroll
    for (float& sum : sums) sum = add(sum, __shfl_xor_sync(0xffffffffu, sum, 1 << bit));
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

// Of a lane's values; NaN where one is.
__device__ __forceinline__ float greatest_magnitude(const Chunk& values) {
  ValueRange parts[4];  // so that no value waits for the one before it
#pragma unroll
  for (int i = 0; i < kLaneValues; ++i) parts[i % 4].include_magnitude(values[i]);
#pragma unroll
  for (int i = 1; i < 4; ++i) parts[0].include_magnitude(parts[i].greatest);
  return parts[0].greatest;
}

// By any method. The branches are the same in all threads.
template <class Team>
class MethodScale {
 public:
  // With a block for a team and quest `sums` is in shared memory, chunk_sum_count(k) of them.
  __device__ __forceinline__ MethodScale(const QuantizedRow& row, int split, float* sums)
      : row_(row), split_(split), sums_(sums) {}

  __device__ __forceinline__ void include(const Chunk& values, uint32_t chunk) {
    if (row_.method == ScaleMethod::kQuest) {
      include_squares(values, chunk);
    } else if (row_.symmetric) {
      range_.include_magnitude(greatest_magnitude(values));
    } else {
#pragma unroll
      for (int i = 0; i < kLaneValues; ++i) range_.include(values[i]);
    }
  }

  template <class Format>
  __device__ __forceinline__ Quantizer quantizer() const {
    if (row_.method == ScaleMethod::kQuest) {
      const float sum = Team::kIsBlock ? sum_of_chunks(sums_, chunks()) : sum_;
      return Format::of_limit(quest_limit(sum, row_.k, Format::kQuest));
    }
    if constexpr (Team::kIsBlock) return quantizer_by_first_warp<Format>();
    return quantizer_of<Format>(warp_range(range_), row_.symmetric);
  }

 private:
  __device__ __forceinline__ uint32_t chunks() const {
    return static_cast<uint32_t>(ceil_div(row_.k, kChunkValues));
  }

  // The other warps wait instead of computing the same: instructions are what is short.
  template <class Format>
  __device__ __forceinline__ Quantizer quantizer_by_first_warp() const {
    __shared__ ValueRange ranges[kWarpSize];
    __shared__ Quantizer quantizer;
    const ValueRange range = warp_range(range_);
    if (lane_index() == 0) ranges[Team::warp()] = range;
    __syncthreads();
    if (Team::warp() == 0) {
      const ValueRange of_lane = lane_index() < Team::warps() ? ranges[lane_index()] : ValueRange{};
      const Quantizer of_row = quantizer_of<Format>(warp_range(of_lane), row_.symmetric);
      if (lane_index() == 0) quantizer = of_row;
    }
    __syncthreads();
    return quantizer;
  }

  __device__ __forceinline__ void include_squares(const Chunk& values, uint32_t chunk) {
    sum_ = sum_of_squares(values, split_);
    if (Team::kIsBlock && lane_index() == 0 && chunk < chunks()) sums_[chunk] = sum_;
  }

  QuantizedRow row_;
  int split_;
  float* sums_;
  ValueRange range_;
  float sum_ = 0.0f;  // of the last chunk
};

}  // namespace qutlass::cuda
