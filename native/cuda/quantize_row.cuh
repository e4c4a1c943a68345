// The quantization of one row by a team of warps: a pass that finds the scale, one for the
// integers.
//
// The warps take chunks of the row, one after the other. Between the two passes a warp's last chunk
// waits in registers, those before it in shared memory as far as there is any; what finds no room
// is read twice. What a chunk is, how it is read and what it becomes is the row's: PlainRow or
// RotatedRow. A row that kCopies is first copied to that memory, as much as has room.
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

// Room in shared memory for the first `count` chunks of a row.
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

template <class Team, class Row>
class RowQuantization {
 public:
  // `sums` is what Row::Scale takes.
  __device__ __forceinline__ RowQuantization(const QuantizedRow& row, const Row& values,
                                             const ParkedChunks& parked, float* sums)
      : row_(row),
        values_(values),
        chunks_(static_cast<uint32_t>(ceil_div(row.k, Row::kChunk))),
        parked_(parked),
        sums_(sums) {}

  // Writes the words of the row; all threads of the team take part.
  __device__ __forceinline__ Quantizer run(int32_t* words) const {
    const uint32_t copied = start_copies();
    Values values;
    typename Row::template Scale<Team> scale(row_, sums_);
    uint32_t chunk = Team::warp();
    uint32_t chunks_left = chunks_;  // the same in all threads
    while (Team::kIsBlock && chunks_left > Team::warps()) {
      load(values, chunk, copied);
      scale.include(values, chunk);
      park(values, chunk);
      chunk += Team::warps();
      chunks_left -= Team::warps();
    }
    load(values, chunk, copied);
    scale.include(values, chunk);

    using Format = typename Row::Format;
    const Quantizer quantizer = scale.template quantizer<Format>();
    const Format format(quantizer, row_);

    values_.store(words, values, chunk, format);
    while (Team::kIsBlock && chunk >= Team::warps()) {
      chunk -= Team::warps();
      unpark(values, chunk);
      values_.store(words, values, chunk, format);
    }
    return quantizer;
  }

 private:
  static constexpr int kVectors = Row::kChunk / kWarpSize / 4;  // of a lane
  using Values = float[4 * kVectors];

  __device__ __forceinline__ uint4* place_of(uint32_t chunk) const {
    return parked_.vectors + chunk * (kVectors * kWarpSize);
  }

  // A thread finds there what it has put there itself.
  __device__ __forceinline__ uint4* parked_vector(uint32_t chunk) const {
    return place_of(chunk) + lane_index();
  }

  // So many chunks of the row are copied; this warp's are there, or on their way.
  __device__ __forceinline__ uint32_t start_copies() const {
    if constexpr (Row::kCopies) {
      const uint32_t copied = values_.can_be_copied() ? min(chunks_, parked_.count) : 0;
      for (uint32_t chunk = Team::warp(); chunk < copied; chunk += Team::warps()) {
        values_.copy(place_of(chunk), chunk);
      }
      if (copied) ptx::commit_copies();
      return copied;
    }
    return 0;
  }

  __device__ __forceinline__ void load(Values& values, uint32_t chunk, uint32_t copied) const {
    if constexpr (Row::kCopies) {
      if (chunk < copied) {
        ptx::wait_for_copies<0>();
        __syncwarp();
        return values_.load_copied(values, place_of(chunk));
      }
    }
    values_.load(values, chunk);
  }

  __device__ __forceinline__ void park(const Values& values, uint32_t chunk) const {
    if (chunk >= parked_.count) return;
    __syncwarp();  // all lanes have read the copy
#pragma unroll
    for (int i = 0; i < kVectors; ++i) {
      const float four[4] = {values[4 * i], values[4 * i + 1], values[4 * i + 2],
                             values[4 * i + 3]};
      parked_vector(chunk)[i * kWarpSize] = as_vector(four);
    }
  }

  __device__ __forceinline__ void unpark(Values& values, uint32_t chunk) const {
    if (chunk >= parked_.count) return values_.load(values, chunk);
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
