// The quantization of one row by a team of warps: a pass that finds the scale, one for the integers.
//
// The row is taken in batches of kFoursPerThread fours (of neighbouring values) a thread, a warp's
// one after the other. Between the two passes the last batch waits in registers, those before it in
// shared memory as far as there is any; what finds no room is read twice.
//
// What is done to the values on their way in (PlainRow, RotatedRow) and what they become
// (Int8Format, Int4Format) are types.
#pragma once

#include <type_traits>

#include "cuda/device.h"
#include "cuda/rotate_row.cuh"
#include "cuda/row_format.cuh"
#include "cuda/row_scale.cuh"
#include "cuda/vector.cuh"
#include "cuda/warp_segment.cuh"

namespace qutlass::cuda {

constexpr int kPlainHeldFours = 4;  // of a thread of a block

struct QuantizedRow {
  const float* x;
  int64_t k;
  bool symmetric;
  ScaleMethod method;
};

// Room in shared memory for the values of the first `count` fours of a row, whole batches of a warp.
// A thread finds there what it has put there itself.
struct ParkedFours {
  uint4* fours = nullptr;
  uint32_t count = 0;
};

// Who quantizes a row: a warp, if a single batch holds the row, or the whole block.
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

// The values as they are, as a segment's lanes hold them.
template <class LaneSegment, int kFours>
struct PlainRow {
  using Segment = LaneSegment;
  static constexpr int kFoursPerThread = kFours;
  static constexpr bool kHasMethods = false;  // the scale is that of abs_max

  const float* x;
  uint32_t k;

  // Those from the four `first` on, and from each 32 fours further on.
  __device__ __forceinline__ void load(float (&values)[kFours][4], uint32_t first) const {
#pragma unroll
    for (int i = 0; i < kFours; ++i) Segment::load(values[i], x, first + i * kWarpSize, k);
  }
};

// Rotated values; a lane holds neighbours wherever the row begins.
template <class Rotation>
struct RotatedRow;

template <>
struct RotatedRow<HadamardRotation> {
  using Segment = AlignedSegment;
  static constexpr int kFoursPerThread = kChunkFours;
  static constexpr bool kHasMethods = true;

  const float* x;
  uint32_t k;
  const HadamardRotation& rotation;

  __device__ __forceinline__ void load(Chunk& values, uint32_t first) const {
#pragma unroll
    for (int i = 0; i < kChunkFours; ++i) {
      const uint32_t value = (first + i * kWarpSize) * 4;
      load_4(values[i], x + value, static_cast<int>(k - value));
    }
    rotation.rotate(values);
  }
};

template <>
struct RotatedRow<MatrixRotation> {
  using Segment = AlignedSegment;
  static constexpr int kFoursPerThread = kChunkFours;
  static constexpr bool kHasMethods = true;

  const float* x;
  uint32_t k;
  const MatrixRotation& rotation;

  __device__ __forceinline__ void load(Chunk& values, uint32_t first) const {
    if (lanes_keep_column() && first / kWarpFours * kWarpFours * 4 + kChunkValues <= k) {
      const uint32_t column = first * 4 % rotation.size;
      return rotation.fours(values, x + first * 4 - column, kSegmentValues, column);
    }
#pragma unroll
    for (int i = 0; i < kChunkFours; ++i) {
      const uint32_t value = (first + i * kWarpSize) * 4;
      if (rotation.has_fours) {
        load_four(values[i], value);
      } else {
        load_values(values[i], value);
      }
    }
  }

 private:
  static constexpr uint32_t kWarpFours = kChunkFours * kWarpSize;

  // Whether a lane has the same column of every segment.
  __device__ __forceinline__ bool lanes_keep_column() const {
    return rotation.has_fours && kSegmentValues % rotation.size == 0;
  }

  __device__ __forceinline__ void load_four(float (&values)[4], uint32_t value) const {
    float four[1][4] = {};
    const uint32_t column = value % rotation.size;
    if (value < k) rotation.fours(four, x + value - column, 0, column);
#pragma unroll
    for (int j = 0; j < 4; ++j) values[j] = four[0][j];
  }

  __device__ __forceinline__ void load_values(float (&values)[4], uint32_t value) const {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const uint32_t column = (value + j) % rotation.size;
      values[j] = value + j < k ? rotation.one(x + value + j - column, column) : 0.0f;
    }
  }
};

template <class Team, class Format, class Row>
class RowQuantization {
 public:
  // `sums` has room for the sums of the row's chunks where the method needs them (row_scale.cuh).
  __device__ __forceinline__ RowQuantization(const QuantizedRow& row, const Row& values,
                                             const ParkedFours& parked, float* sums)
      : row_(row),
        values_(values),
        row_fours_(static_cast<uint32_t>(ceil_div(row.k, 4))),
        parked_(parked),
        sums_(sums) {}

  // Writes the words of the row; all threads of the team take part.
  __device__ __forceinline__ Quantizer run(int32_t* words) const {
    const uint32_t batch_fours = kWarpFours * Team::warps();
    Values values;
    RowScale<Team, Row::kHasMethods> scale(row_.method, row_fours_, sums_);
    uint32_t first = kWarpFours * Team::warp() + lane_index();
    uint32_t fours_left = row_fours_;  // the same in all threads
    while (Team::kIsBlock && fours_left > batch_fours) {
      values_.load(values, first);
      scale.include(values, first / kWarpFours);
      park(values, first);
      first += batch_fours;
      fours_left -= batch_fours;
    }
    values_.load(values, first);
    scale.include(values, first / kWarpFours);

    const Quantizer quantizer =
        scale.template quantizer<Format>(row_.k, row_.symmetric);
    const Format format(quantizer, row_.symmetric);

    store(words, values, first, format);
    while (Team::kIsBlock && first >= batch_fours) {
      first -= batch_fours;
      unpark(values, first);
      store(words, values, first, format);
    }
    return quantizer;
  }

 private:
  static constexpr int kFours = Row::kFoursPerThread;
  static constexpr uint32_t kWarpFours = kFours * kWarpSize;  // of a warp's batch
  using Values = float[kFours][4];

  __device__ __forceinline__ void park(const Values& values, uint32_t first) const {
    if (first >= parked_.count) return;
#pragma unroll
    for (int i = 0; i < kFours; ++i) parked_.fours[first + i * kWarpSize] = as_vector(values[i]);
  }

  __device__ __forceinline__ void unpark(Values& values, uint32_t first) const {
    if (first >= parked_.count) return values_.load(values, first);
#pragma unroll
    for (int i = 0; i < kFours; ++i) from_vector(values[i], parked_.fours[first + i * kWarpSize]);
  }

  __device__ __forceinline__ void store(int32_t* words, const Values& values, uint32_t first,
                                        const Format& format) const {
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      const uint32_t four = first + i * kWarpSize;
      if (four - lane_index() < row_fours_) {  // the same in all lanes
        const uint32_t bits = Row::Segment::bits_of_lane(format.bits(values[i]));
        format.store(words, four, bits, static_cast<uint32_t>(row_.k));
      }
    }
  }

  QuantizedRow row_;
  const Row& values_;
  uint32_t row_fours_;
  ParkedFours parked_;
  float* sums_;
};

// Quantizes a row as it is, with abs_max: the same by 16-byte loads or, where it begins elsewhere,
// by loads of 4 bytes.
template <class Team, class Format, int kFours>
__device__ __forceinline__ Quantizer quantize_plain_row(const QuantizedRow& row,
                                                        const ParkedFours& parked,
                                                        int32_t* words) {
  const auto run = [&](const auto& values) {
    using Row = std::decay_t<decltype(values)>;
    return RowQuantization<Team, Format, Row>(row, values, parked, nullptr).run(words);
  };
  const auto k = static_cast<uint32_t>(row.k);
  if (is_aligned_16(row.x)) return run(PlainRow<AlignedSegment, kFours>{row.x, k});
  return run(PlainRow<UnalignedSegment, kFours>{row.x, k});
}

// Quantizes a rotated row by any method.
template <class Team, class Format, class Rotation>
__device__ __forceinline__ Quantizer quantize_rotated_row(const QuantizedRow& row,
                                                          const Rotation& rotation,
                                                          const ParkedFours& parked, float* sums,
                                                          int32_t* words) {
  const RotatedRow<Rotation> values{row.x, static_cast<uint32_t>(row.k), rotation};
  return RowQuantization<Team, Format, RotatedRow<Rotation>>(row, values, parked, sums).run(words);
}

}  // namespace qutlass::cuda
