// A row that is quantized as it is, by its largest magnitude or its range: kFours fours of
// neighbours a lane, in as many segments (warp_segment.cuh).
#pragma once

#include "cuda/quantize_row.cuh"
#include "cuda/row_format.cuh"
#include "cuda/row_scale.cuh"

namespace qutlass::cuda {

constexpr int kPlainHeldFours = 4;  // of a thread of a block

template <class Segment, int kFours>
struct PlainFloats {
  static constexpr int kChunk = kFours * kSegmentValues;
  static constexpr bool kCopies = false;
  static constexpr bool kIsPlain = true;
  using Values = float[4 * kFours];

  const float* x;
  uint32_t k;

  template <class Team>
  __device__ __forceinline__ RangeScale<Team> scale(const QuantizedRow& row, float*) const {
    return RangeScale<Team>(row);
  }

  __device__ __forceinline__ void load(Values& values, uint32_t chunk) const {
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      float four[4];
      Segment::load(four, x, word_of(chunk, i), k);
#pragma unroll
      for (int j = 0; j < 4; ++j) values[4 * i + j] = four[j];
    }
  }

 protected:
  static __device__ __forceinline__ uint32_t word_of(uint32_t chunk, int four) {
    return (chunk * kFours + four) * kWarpSize + lane_index();
  }
};

// To int8.
template <class Segment, int kFours>
struct PlainRow : PlainFloats<Segment, kFours> {
  using Format = Int8Format;
  using typename PlainFloats<Segment, kFours>::Values;
  using PlainFloats<Segment, kFours>::k;

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
};

// To int4, by 16-byte loads; a four is half a word.
template <int kFours>
struct PlainInt4Row : PlainFloats<AlignedSegment, kFours> {
  using Format = Int4Format;
  using Floats = PlainFloats<AlignedSegment, kFours>;

  __device__ __forceinline__ void store(int32_t* words, const typename Floats::Values& values,
                                        uint32_t chunk, const Format& format) const {
    auto* halves = reinterpret_cast<uint16_t*>(words);
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      const uint32_t half = Floats::word_of(chunk, i);
      if (4 * half >= round_up(this->k, kInt4PerWord)) continue;
      halves[half] = static_cast<uint16_t>(format.half_word(values + 4 * i));
    }
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
    return RowQuantization<Team, Row>(row, Row{{row.x, k}}, parked, nullptr).run(words);
  }
  using Row = PlainRow<UnalignedSegment, kFours>;
  return RowQuantization<Team, Row>(row, Row{{row.x, k}}, parked, nullptr).run(words);
}

}  // namespace qutlass::cuda
