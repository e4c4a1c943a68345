// The quantization of one row by a team of warps: a pass for the range, one for the integers.
//
// The row is taken in batches of kHeldWords words a thread, four values each. Between the two
// passes the last batch waits in registers, those before it in shared memory as far as there is
// any; what finds no room is read twice.
#pragma once

#include "cuda/device.h"
#include "cuda/value_range.cuh"
#include "cuda/vector.cuh"
#include "cuda/warp_segment.cuh"

namespace qutlass::cuda {

constexpr int kQuantizeMaxThreads = 1024;
constexpr int kHeldWords = 4;  // of a thread of a block

struct QuantizedRow {
  const float* x;
  int64_t k;
};

// Room in shared memory for the values of the first `count` words of a row. A thread finds there
// what it has put there itself.
struct ParkedWords {
  uint4* words = nullptr;
  uint32_t count = 0;

  __device__ __forceinline__ bool has_room(uint32_t word) const { return word < count; }
  __device__ __forceinline__ void put(uint32_t word, const float (&values)[4]) const {
    words[word] = as_vector(values);
  }
  __device__ __forceinline__ void get(float (&values)[4], uint32_t word) const {
    from_vector(values, words[word]);
  }
};

// Who quantizes a row: a warp, if a single batch holds the row, or the whole block.
struct WarpTeam {
  static constexpr bool kTakesLongRows = false;
  static __device__ __forceinline__ uint32_t rank() { return lane_index(); }
  static __device__ __forceinline__ uint32_t size() { return kWarpSize; }
  // The range over all threads of the team, in every thread.
  static __device__ __forceinline__ ValueRange range(const ValueRange& range) {
    return warp_range(range);
  }
};

struct BlockTeam {
  static constexpr bool kTakesLongRows = true;
  static __device__ __forceinline__ uint32_t rank() { return threadIdx.x; }
  static __device__ __forceinline__ uint32_t size() { return blockDim.x; }
  static __device__ __forceinline__ ValueRange range(ValueRange range) {
    __shared__ ValueRange warps[kQuantizeMaxThreads / kWarpSize];
    range = warp_range(range);
    if (lane_index() == 0) warps[threadIdx.x / kWarpSize] = range;
    __syncthreads();
    return warp_range(lane_index() < blockDim.x / kWarpSize ? warps[lane_index()] : ValueRange{});
  }
};

// quantize() of four values of a row whose range is known, as the bytes of a word. What quantize()
// guards against is settled for the whole row:
// - |value * inverse| is at most 255 and a rounding error, so that adding 1.5 * 2^23 rounds it half
//   to even and leaves the integer in the low bits of the sum;
// - a symmetric row's integers are then within -127 ... 127, an asymmetric one's saturate;
// - where the inverse is 0, so is the zero point.
__device__ __forceinline__ uint32_t quantized_bytes(const float (&values)[4],
                                                    const Quantizer& quantizer) {
  constexpr float kShifter = 12582912.0f;
  constexpr int32_t kShifterBits = 0x4b400000;
  int32_t integers[4];
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    const float shifted = add(multiply(values[i], quantizer.inverse), kShifter);
    integers[i] = static_cast<int32_t>(float_bits(shifted)) + (quantizer.zero - kShifterBits);
  }
  return quantizer.inverse == 0.0f ? 0 : ptx::saturated_int8_word(integers);
}

// The bytes of a word that stand for its first `count` values, 1 or more.
__device__ __forceinline__ uint32_t first_bytes(uint32_t word, uint32_t count) {
  return count < 4 ? word & ((1u << 8 * count) - 1) : word;
}

template <class Team, class Segment, int kWordsPerThread>
class RowQuantization {
 public:
  __device__ __forceinline__ RowQuantization(const QuantizedRow& row, const ParkedWords& parked)
      : x_(row.x),
        k_(static_cast<uint32_t>(row.k)),
        row_words_(static_cast<uint32_t>(int8_words(row.k))),
        parked_(parked) {}

  __device__ __forceinline__ Quantizer run(bool symmetric, int32_t* words) const {
    const uint32_t batch_words = kWordsPerThread * Team::size();
    float values[kWordsPerThread][4];
    ValueRange range;
    uint32_t first = Team::rank();
    uint32_t words_left = row_words_;  // the same in all threads
    while (Team::kTakesLongRows && words_left > batch_words) {
      load(values, first);
      include(range, values);
      park(values, first);
      first += batch_words;
      words_left -= batch_words;
    }
    load(values, first);
    include(range, values);

    const Quantizer quantizer = quantizer_of(Team::range(range), symmetric);

    store(words, values, first, quantizer);
    while (Team::kTakesLongRows && first >= batch_words) {
      first -= batch_words;
      unpark(values, first);
      store(words, values, first, quantizer);
    }
    return quantizer;
  }

 private:
  using Values = float[kWordsPerThread][4];

  // A thread's word `i` of the batch in which its first is `first`.
  static __device__ __forceinline__ uint32_t word(uint32_t first, int i) {
    return first + i * Team::size();
  }

  static __device__ __forceinline__ Quantizer quantizer_of(const ValueRange& range,
                                                           bool symmetric) {
    return symmetric ? symmetric_quantizer(range.amax(), 127.0f, 0)
                     : asymmetric_quantizer(range.least, range.greatest, 255.0f, -128.0f);
  }

  static __device__ __forceinline__ void include(ValueRange& range, const Values& values) {
#pragma unroll
    for (const float(&of_word)[4] : values) {
#pragma unroll
      for (float value : of_word) range.include(value);
    }
  }

  __device__ __forceinline__ void load(Values& values, uint32_t first) const {
#pragma unroll
    for (int i = 0; i < kWordsPerThread; ++i) Segment::load(values[i], x_, word(first, i), k_);
  }

  __device__ __forceinline__ void park(const Values& values, uint32_t first) const {
#pragma unroll
    for (int i = 0; i < kWordsPerThread; ++i) {
      if (parked_.has_room(word(first, i))) parked_.put(word(first, i), values[i]);
    }
  }

  __device__ __forceinline__ void unpark(Values& values, uint32_t first) const {
#pragma unroll
    for (int i = 0; i < kWordsPerThread; ++i) {
      if (parked_.has_room(word(first, i))) {
        parked_.get(values[i], word(first, i));
      } else {
        Segment::load(values[i], x_, word(first, i), k_);
      }
    }
  }

  __device__ __forceinline__ void store(int32_t* words, const Values& values, uint32_t first,
                                        const Quantizer& quantizer) const {
#pragma unroll
    for (int i = 0; i < kWordsPerThread; ++i) {
      const uint32_t index = word(first, i);
      if (index - lane_index() < row_words_) {  // the same in all lanes
        const uint32_t bytes = Segment::word_of_lane(quantized_bytes(values[i], quantizer));
        if (index < row_words_) {
          words[index] = static_cast<int32_t>(first_bytes(bytes, k_ - index * kInt8PerWord));
        }
      }
    }
  }

  const float* x_;
  uint32_t k_;
  uint32_t row_words_;
  ParkedWords parked_;
};

// Writes the int8_words(row.k) words of the row; all threads of the team take part.
template <class Team, int kWordsPerThread>
__device__ __forceinline__ Quantizer quantize_row(const QuantizedRow& row, bool symmetric,
                                                  const ParkedWords& parked, int32_t* words) {
  if (is_aligned_16(row.x)) {
    return RowQuantization<Team, AlignedSegment, kWordsPerThread>(row, parked)
        .run(symmetric, words);
  }
  return RowQuantization<Team, UnalignedSegment, kWordsPerThread>(row, parked)
      .run(symmetric, words);
}

// The same by all threads of a block, without room in shared memory.
__device__ __forceinline__ Quantizer quantize_row(const QuantizedRow& row, bool symmetric,
                                                  int32_t* words) {
  return quantize_row<BlockTeam, kHeldWords>(row, symmetric, {}, words);
}

}  // namespace qutlass::cuda
