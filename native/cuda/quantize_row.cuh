// The quantization of one row by a team of warps: a pass that finds the scale, one for the
// integers.
//
// The warps take chunks of the row, one after the other. Between the two passes a warp's last chunk
// waits in registers, those before it in shared memory as far as there is any; what finds no room
// is read twice. What a chunk is, how it is read and what it becomes is the row's: PlainRow or
// RotatedRow. A row that kCopies is read by way of shared memory: what has room there is copied at
// once, the rest when it is its turn.
#pragma once

#include "cuda/device.h"
#include "cuda/ptx.cuh"
#include "cuda/vector.cuh"
#include "cuda/warp_segment.cuh"
#include "qutlass/numerics.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

struct QuantizedRow {
  const float* x;
  int64_t k;
  bool symmetric;
  ScaleMethod method;
};

// Room in shared memory for the first `count` chunks of a row; then, where they are not all and the
// row is copied, for one more chunk of each warp.
struct ParkedChunks {
  uint4* vectors = nullptr;
  uint32_t count = 0;
};

// Who quantizes a row: a warp, if a single chunk is the row, or the whole block.
struct WarpTeam {
  static constexpr bool kIsBlock = false;
  static __device__ __forceinline__ uint32_t warp() { return 0; }
  static __device__ __forceinline__ uint32_t warps() { return 1; }
  static __device__ __forceinline__ bool is_first_thread() { return lane_index() == 0; }
};

struct BlockTeam {
  static constexpr bool kIsBlock = true;
  static __device__ __forceinline__ uint32_t warp() { return threadIdx.x / kWarpSize; }
  static __device__ __forceinline__ uint32_t warps() { return blockDim.x / kWarpSize; }
  static __device__ __forceinline__ bool is_first_thread() { return threadIdx.x == 0; }
};

// Over all threads of the team, in every thread.
template <class Team>
__device__ __forceinline__ int32_t sum_of_team(int32_t sum) {
  constexpr unsigned kAllLanes = 0xffffffffu;
  sum = __reduce_add_sync(kAllLanes, sum);
  if constexpr (Team::kIsBlock) {
    __shared__ int32_t warps[kWarpSize];
    if (lane_index() == 0) warps[Team::warp()] = sum;
    __syncthreads();
    sum = __reduce_add_sync(kAllLanes, lane_index() < Team::warps() ? warps[lane_index()] : 0);
  }
  return sum;
}

template <class Team, class Row>
class RowQuantization {
 public:
  // `sums` is what Row::scale() takes.
  __device__ __forceinline__ RowQuantization(const QuantizedRow& row, const Row& values,
                                             const ParkedChunks& parked, float* sums)
      : row_(row),
        values_(values),
        chunks_(static_cast<uint32_t>(ceil_div(row.k, Row::kChunk))),
        parked_(parked),
        sums_(sums) {}

  // Writes the words of the row; all threads of the team take part. Where the format has a sum, the
  // quantizer's zero is that of the row.
  __device__ __forceinline__ Quantizer run(int32_t* words) const {
    start_copies();
    Values values;
    auto scale = values_.template scale<Team>(row_, sums_);
    uint32_t chunk = Team::warp();
    uint32_t chunks_left = chunks_;  // the same in all threads
    const auto is_last_round = [&] { return !Team::kIsBlock || chunks_left <= Team::warps(); };
    const auto go_on = [&] {
      park(values, chunk);
      chunk += Team::warps();
      chunks_left -= Team::warps();
    };
    if constexpr (Row::kIsPlain) {
      while (!is_last_round()) {  // apart from the last, so that loads begin before the one before
                                  // ends
        load(values, chunk);
        scale.include(values, chunk);
        go_on();
      }
      load(values, chunk);
      scale.include(values, chunk);
    } else {
      while (true) {  // one copy of much code
        load(values, chunk);
        scale.include(values, chunk);
        if (is_last_round()) break;
        go_on();
      }
    }

    using Format = typename Row::Format;
    Quantizer quantizer = scale.template quantizer<Format>();
    Format format(quantizer, row_);

    values_.store(words, values, chunk, format);
    while (Team::kIsBlock && chunk >= Team::warps()) {
      chunk -= Team::warps();
      unpark(values, chunk);
      values_.store(words, values, chunk, format);
    }
    if constexpr (Format::kHasSum) quantizer.zero = sum_of_team<Team>(format.sum());
    return quantizer;
  }

 private:
  static constexpr int kVectors = Row::kChunk / kWarpSize / 4;  // of a lane
  using Values = float[4 * kVectors];

  __device__ __forceinline__ bool is_parked(uint32_t chunk) const { return chunk < parked_.count; }

  __device__ __forceinline__ uint4* place_of(uint32_t chunk) const {
    return parked_.vectors + chunk * (kVectors * kWarpSize);
  }

  // A thread finds there what it has put there itself.
  __device__ __forceinline__ uint4* parked_vector(uint32_t chunk) const {
    return place_of(chunk) + fresh_lane_index();
  }

  __device__ __forceinline__ void start_copies() const {
    if constexpr (Row::kCopies) {
      for (uint32_t chunk = Team::warp(); is_parked(chunk); chunk += Team::warps()) {
        values_.copy(place_of(chunk), chunk);
        ptx::commit_copies();
      }
    }
  }

  // Until the copy of a chunk has come, on the way from the first to the last.
  __device__ __forceinline__ void wait_for(uint32_t chunk) const {
    if (Team::kIsBlock && chunk + Team::warps() < parked_.count) {
      ptx::wait_for_copies<1>();
    } else {
      ptx::wait_for_copies<0>();
    }
  }

  __device__ __forceinline__ void load(Values& values, uint32_t chunk) const {
    if constexpr (Row::kCopies) {
      if (chunk >= chunks_) {
        for (float& value : values) value = 0.0f;
        return;
      }
      uint4* place = place_of(is_parked(chunk) ? chunk : parked_.count + Team::warp());
      if (!is_parked(chunk)) {
        __syncwarp();  // all lanes have read what was there
        values_.copy(place, chunk);
        ptx::commit_copies();
      }
      wait_for(chunk);
      __syncwarp();
      values_.load_copied(values, place);
    } else {
      values_.load(values, chunk);
    }
  }

  __device__ __forceinline__ void park(const Values& values, uint32_t chunk) const {
    if (!is_parked(chunk)) return;
    __syncwarp();  // all lanes have read the copy
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      const float four[4] = {values[4 * i], values[4 * i + 1], values[4 * i + 2],
                             values[4 * i + 3]};
      parked_vector(chunk)[i * kWarpSize] = as_vector(four);
    }
  }

  __device__ __forceinline__ void unpark(Values& values, uint32_t chunk) const {
    if (!is_parked(chunk)) return load(values, chunk);
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      float four[4];
      from_vector(four, parked_vector(chunk)[i * kWarpSize]);
#pragma unroll
      for (int j = 0; j < 4; ++j) values[4 * i + j] = four[j];
    }
  }

  const QuantizedRow& row_;
  const Row& values_;
  uint32_t chunks_;
  ParkedChunks parked_;
  float* sums_;
};

}  // namespace qutlass::cuda
