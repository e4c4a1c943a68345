// A row that is rotated, or is not, and quantized to int8 or int4 by any method. A lane holds
// groups of 16 neighbours, which become whole words of the result.
#pragma once

#include "cuda/grouped_chunk.cuh"
#include "cuda/quantize_row.cuh"
#include "cuda/row_format.cuh"
#include "cuda/row_scale.cuh"

namespace qutlass::cuda {

// From memory, by loads of neighbours that are not those of consecutive lanes.
__device__ __forceinline__ void load_rotated(Chunk& values, const float* x, uint32_t k,
                                             uint32_t chunk, const GroupedHadamard& rotation) {
  const bool regroups = rotation.split_before() != kTopSplit;
  const uint32_t lane = regroups ? lane_before_regrouping() : fresh_lane_index();
#pragma unroll
  for (int i = 0; i < kLaneValues; i += 4) {
    const uint32_t group = group_number(lane, i / kNeighbours, kTopSplit);
    const uint32_t first = chunk * kChunkValues + group * kNeighbours + i % kNeighbours;
    float four[4];
    load_4(four, x + first, static_cast<int>(k - first));
#pragma unroll
    for (int j = 0; j < 4; ++j) values[i + j] = four[j];
  }
  if (regroups) regroup(values);
  rotation.rotate(values);
}

// The neighbours from the row's value `first` on.
__device__ __forceinline__ void load_rotated(float (&values)[1][kNeighbours], const float* x,
                                             uint32_t k, uint32_t first,
                                             const MatrixRotation& rotation) {
  if (rotation.has_fours && rotation.size % kNeighbours == 0) {
    const uint32_t column = first % rotation.size;
    const float* block = first < k ? x + (first - column) : x;
    rotation.fours<1, kNeighbours / 4>(values, block, 0, column);
  } else {
#pragma unroll
    for (int j = 0; j < kNeighbours; ++j) {
      const uint32_t column = (first + j) % rotation.size;
      values[0][j] = first + j < k ? rotation.one(x + (first + j - column), column) : 0.0f;
    }
  }
#pragma unroll
  for (int j = 0; j < kNeighbours; ++j) {
    if (first >= k) values[0][j] = 0.0f;
  }
}

__device__ __forceinline__ void load_rotated(Chunk& values, const float* x, uint32_t k,
                                             uint32_t chunk, const MatrixRotation& rotation) {
#pragma unroll
  for (int group = 0; group < kLaneGroups; ++group) {
    float neighbours[1][kNeighbours];
    load_rotated(neighbours, x, k, first_neighbour(chunk, group, kTopSplit), rotation);
#pragma unroll
    for (int j = 0; j < kNeighbours; ++j) values[group * kNeighbours + j] = neighbours[0][j];
  }
}

// kIsCopied: by way of shared memory, since loads of neighbours by a lane are not those of
// consecutive addresses.
template <class RowFormat, class Rotation, bool kIsCopied>
struct RotatedRow {
  static constexpr int kChunk = kChunkValues;
  static constexpr bool kCopies = kIsCopied;
  static constexpr bool kIsPlain = false;
  using Format = RowFormat;

  const float* x;
  uint32_t k;
  const Rotation& rotation;

  template <class Team>
  __device__ __forceinline__ MethodScale<Team> scale(const QuantizedRow& row, float* sums) const {
    return {row, split_of(rotation), sums};
  }

  __device__ __forceinline__ void load(Chunk& values, uint32_t chunk) const {
    load_rotated(values, x, k, chunk, rotation);
  }

  // Starts to; what is beyond the row becomes zeros. `place` is at a multiple of 128 bytes.
  __device__ __forceinline__ void copy(uint4* place, uint32_t chunk) const {
    const uint32_t shared = ptx::shared_address(place);
    const uint32_t lane = fresh_lane_index();
    const uint32_t first = chunk * kChunkValues + 4 * lane;
    if (k % 4 != 0 || !is_aligned_16(x)) return copy_one_by_one(shared, chunk);
    const float* source = x + first;
#pragma unroll
    for (uint32_t i = 0; i < kLaneVectors; ++i) {
      const uint32_t value = i * 4 * kWarpSize;
      ptx::copy_async_16(shared + offset_of_pass(lane, i), source + value, first + value < k);
    }
  }

  __device__ __forceinline__ void load_copied(Chunk& values, const uint4* place) const {
    const bool is_near = rotation.split_before() == 0;
    const uint32_t lane = fresh_lane_index();
    const uint32_t first =
        ptx::shared_address(place) + offset_of((is_near ? 2 : 1) * kGroupVectors * lane);
    const uint32_t firsts[kLaneGroups] = {
        first, is_near ? first ^ kGroupVectors * 16 : first + kSecondGroup};
#pragma unroll
    for (uint32_t i = 0; i < kLaneVectors; ++i) {
      const uint32_t at = firsts[i / kGroupVectors] ^ (i % kGroupVectors * 16);
      float four[4];
      from_vector(four, ptx::load_shared_16(at));
#pragma unroll
      for (int j = 0; j < 4; ++j) values[4 * i + j] = four[j];
    }
    rotation.rotate(values);
  }

  __device__ __forceinline__ void store(int32_t* words, const Chunk& values, uint32_t chunk,
                                        Format& format) const {
    constexpr int kWords = kNeighbours / Format::kPerWord;
    uint32_t packed[kLaneGroups * kWords];
    format.pack(packed, values);
    const int split = raise_split(packed, split_of(rotation), Format::kLeastSplit);
#pragma unroll
    for (int group = 0; group < kLaneGroups; ++group) {
      const uint32_t first = first_neighbour(chunk, group, split);
      Format::store(words, packed + group * kWords, first, k);
    }
  }

 private:
  static constexpr uint32_t kLaneVectors = kLaneValues / 4;
  static constexpr uint32_t kGroupVectors = kNeighbours / 4;

  // The bytes before the second group of a lane, where consecutive lanes hold consecutive groups.
  static constexpr uint32_t kSecondGroup = kChunkValues / kLaneGroups * 4;

  // Where a vector of the chunk lies, in bytes: those that eight lanes read at a time, one or two
  // groups apart, are in different sets of banks. It stays within its 128 bytes.
  static __device__ __forceinline__ uint32_t offset_of(uint32_t vector) {
    return (vector ^ (vector / 8 % 8)) * 16;
  }

  // The same of vector i * kWarpSize + lane.
  static __device__ __forceinline__ uint32_t offset_of_pass(uint32_t lane, uint32_t i) {
    return (offset_of(lane) ^ (i % 2 * 64)) + i * kWarpSize * 16;
  }

  __device__ __forceinline__ void copy_one_by_one(uint32_t shared, uint32_t chunk) const {
#pragma unroll 1
    for (uint32_t i = lane_index(); i < kChunkValues; i += kWarpSize) {
      const uint32_t value = chunk * kChunkValues + i;
      ptx::copy_async_4(shared + offset_of(i / 4) + i % 4 * 4, value < k ? x + value : x,
                        value < k);
    }
  }

  static __device__ __forceinline__ int split_of(const GroupedHadamard& hadamard) {
    return hadamard.split();
  }
  static __device__ __forceinline__ int split_of(const MatrixRotation&) { return kTopSplit; }
};

}  // namespace qutlass::cuda
