// A row that is quantized to int8 as it is, by its largest magnitude or its range: kFours fours of
// neighbours a lane, in as many segments (warp_segment.cuh).
#pragma once

#include "cuda/quantize_row.cuh"
#include "cuda/row_format.cuh"
#include "cuda/row_scale.cuh"

namespace qutlass::cuda {

constexpr int kPlainHeldFours = 4;  // of a thread of a block

template <class Segment, int kFours>
struct PlainRow {
  static constexpr int kChunk = kFours * kSegmentValues;
  static constexpr bool kCopies = false;
  using Values = float[4 * kFours];
  using Format = Int8Format;
  template <class Team>
  using Scale = RangeScale<Team>;

  const float* x;
  uint32_t k;

  __device__ __forceinline__ void load(Values& values, uint32_t chunk) const {
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      float four[4];
      Segment::load(four, x, word_of(chunk, i), k);
#pragma unroll
      for (int j = 0; j < 4; ++j) values[4 * i + j] = four[j];
    }
  }

  __device__ __forceinline__ void store(int32_t* words, const Values& values, uint32_t chunk,
                                        const Format& format) const {
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      const uint32_t segment = (chunk * kFours + i) * kWarpSize;
      if (segment * kInt8PerWord >= k) continue;
      const uint32_t word = segment + lane_index();
      const uint32_t bytes = Segment::word_of_lane(format.word(values + 4 * i));
      if (word * kInt8PerWord < k) {
        words[word] = static_cast<int32_t>(first_bytes(bytes, k - word * kInt8PerWord));
      }
    }
  }

 private:
  static __device__ __forceinline__ uint32_t word_of(uint32_t chunk, int four) {
    return (chunk * kFours + four) * kWarpSize + lane_index();
  }
};

// By 16-byte loads or, where the row begins elsewhere, by loads of 4 bytes.
template <class Team, int kFours>
__device__ __forceinline__ Quantizer quantize_plain_row(const QuantizedRow& row,
                                                        const ParkedChunks& parked,
                                                        int32_t* words) {
  const auto k = static_cast<uint32_t>(row.k);
  if (is_aligned_16(row.x)) {
    using Row = PlainRow<AlignedSegment, kFours>;
    return RowQuantization<Team, Row>(row, Row{row.x, k}, parked, nullptr).run(words);
  }
  using Row = PlainRow<UnalignedSegment, kFours>;
  return RowQuantization<Team, Row>(row, Row{row.x, k}, parked, nullptr).run(words);
}

}  // namespace qutlass::cuda
