// A row that is rotated, or is not, and quantized to int8 or int4 by any method. A lane holds 16
// neighbours of every 512 values: whole words of the result, and half of Hadamard's butterflies.
#pragma once

#include <type_traits>

#include "cuda/quantize_row.cuh"
#include "cuda/rotate_row.cuh"
#include "cuda/row_format.cuh"
#include "cuda/row_scale.cuh"

namespace qutlass::cuda {

constexpr int kNeighbours = 16;
constexpr int kLaneGroups = kLaneValues / kNeighbours;

// The value of the row with which a lane's group of neighbours begins.
__device__ __forceinline__ uint32_t first_neighbour(uint32_t chunk, int group) {
  return chunk * kChunkValues + (group * kWarpSize + lane_index()) * kNeighbours;
}

__device__ __forceinline__ void load_rotated(Chunk& values, const float* x, uint32_t k,
                                             uint32_t chunk, const HadamardRotation& rotation) {
#pragma unroll
  for (int i = 0; i < kLaneValues; i += 4) {
    const uint32_t first = first_neighbour(chunk, i / kNeighbours) + i % kNeighbours;
    float four[4];
    load_4(four, x + first, static_cast<int>(k - first));
#pragma unroll
    for (int j = 0; j < 4; ++j) values[i + j] = four[j];
  }
  rotation.rotate<kNeighbours>(values);
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
    load_rotated(neighbours, x, k, first_neighbour(chunk, group), rotation);
#pragma unroll
    for (int j = 0; j < kNeighbours; ++j) values[group * kNeighbours + j] = neighbours[0][j];
  }
}

template <class RowFormat, class Rotation>
struct RotatedRow {
  static constexpr int kChunk = kChunkValues;
  // Loads of neighbours by a lane would not be of consecutive addresses: they are of shared memory.
  static constexpr bool kCopies = std::is_same<Rotation, HadamardRotation>::value;
  using Format = RowFormat;
  template <class Team>
  using Scale = MethodScale<Team, kNeighbours>;

  const float* x;
  uint32_t k;
  const Rotation& rotation;

  __device__ __forceinline__ void load(Chunk& values, uint32_t chunk) const {
    load_rotated(values, x, k, chunk, rotation);
  }

  // By 16 bytes at a time.
  __device__ __forceinline__ bool can_be_copied() const { return k % 4 == 0 && is_aligned_16(x); }

  // Starts to; what is beyond the row becomes zeros.
  __device__ __forceinline__ void copy(uint4* place, uint32_t chunk) const {
#pragma unroll
    for (uint32_t i = 0; i < kLaneVectors; ++i) {
      const uint32_t vector = i * kWarpSize + lane_index();
      const uint32_t first = chunk * kChunkValues + 4 * vector;
      const bool is_in_row = first < k;
      ptx::copy_async_16(ptx::shared_address(place + copied_to(vector)), is_in_row ? x + first : x,
                         is_in_row);
    }
  }

  __device__ __forceinline__ void load_copied(Chunk& values, const uint4* place) const {
#pragma unroll
    for (uint32_t i = 0; i < kLaneVectors; ++i) {
      const uint32_t vector =
          (i / kGroupVectors * kWarpSize + lane_index()) * kGroupVectors + i % kGroupVectors;
      float four[4];
      from_vector(four, place[copied_to(vector)]);
#pragma unroll
      for (int j = 0; j < 4; ++j) values[4 * i + j] = four[j];
    }
    rotation.template rotate<kNeighbours>(values);
  }

  __device__ __forceinline__ void store(int32_t* words, const Chunk& values, uint32_t chunk,
                                        const Format& format) const {
    constexpr int kWords = kNeighbours / Format::kPerWord;
    uint32_t packed[kLaneGroups * kWords];
    format.pack(packed, values);
#pragma unroll
    for (int group = 0; group < kLaneGroups; ++group) {
      const uint32_t first = first_neighbour(chunk, group);
      if (first >= k) continue;
      store_words<kWords>(words + first / Format::kPerWord, packed + group * kWords, k - first);
    }
  }

 private:
  static constexpr uint32_t kLaneVectors = kLaneValues / 4;
  static constexpr uint32_t kGroupVectors = kNeighbours / 4;

  // Where a vector of the chunk lies: those that eight lanes read at a time, kGroupVectors apart,
  // are in different sets of banks.
  static __device__ __forceinline__ uint32_t copied_to(uint32_t vector) {
    return vector ^ (vector / 8 % kGroupVectors);
  }

  // Those that hold the next `count` values of the row.
  template <int kWords>
  static __device__ __forceinline__ void store_words(int32_t* words, const uint32_t* packed,
                                                     uint32_t count) {
    using Vector = typename std::conditional<kWords == 4, uint4, uint2>::type;
    if (count >= kNeighbours && reinterpret_cast<uintptr_t>(words) % sizeof(Vector) == 0) {
      Vector vector;
      memcpy(&vector, packed, sizeof vector);
      *reinterpret_cast<Vector*>(words) = vector;
      return;
    }
#pragma unroll
    for (int i = 0; i < kWords; ++i) {
      if (i * Format::kPerWord < count) {
        words[i] = static_cast<int32_t>(Format::tail(packed[i], count - i * Format::kPerWord));
      }
    }
  }
};

template <class Team, class Format, class Rotation>
__device__ __forceinline__ Quantizer quantize_rotated_row(const QuantizedRow& row,
                                                          const Rotation& rotation,
                                                          const ParkedChunks& parked, float* sums,
                                                          int32_t* words) {
  using Row = RotatedRow<Format, Rotation>;
  const Row values{row.x, static_cast<uint32_t>(row.k), rotation};
  return RowQuantization<Team, Row>(row, values, parked, sums).run(words);
}

}  // namespace qutlass::cuda
