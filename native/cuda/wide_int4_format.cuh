// x quantized to int4 and widened at once (widen_int4.cuh): what RowQuantization writes for
// products that take it so.
#pragma once

#include "cuda/integer_elements.cuh"
#include "cuda/row_format.cuh"
#include "cuda/widened_int4.h"

namespace qutlass::cuda {

// -7 ... 7; symmetric. Of eight neighbours a word each for the odd and for the even nibbles.
class WideInt4Format {
 public:
  static constexpr int kPerWord = kInt8PerWord;
  static constexpr int kLeastSplit = 3;
  static constexpr bool kHasSum = true;
  static constexpr float kQuest = kQuestInt4;

  static __device__ __forceinline__ Quantizer of_limit(float limit) {
    return Int4Format::of_limit(limit);
  }
  static __device__ __forceinline__ Quantizer of_range(const ValueRange& range) {
    return Int4Format::of_range(range);
  }

  __device__ __forceinline__ WideInt4Format(const Quantizer& quantizer, const QuantizedRow& row)
      : inverse_(quantizer.inverse), clips_(row.method == ScaleMethod::kQuest) {}

  // Of each group the odd words, then the even ones. The branches are the same in all threads.
  __device__ __forceinline__ void pack(uint32_t (&words)[kLaneValues / 4], const Chunk& values) {
    if (inverse_ == 0.0f) {
      for (uint32_t& word : words) word = 0;
    } else if (clips_) {
      pack_values<true>(words, values);
    } else {
      pack_values<false>(words, values);
    }
  }

  // The sum of what this thread has packed.
  __device__ __forceinline__ int32_t sum() const { return sum_16_ / 16; }

  static __device__ __forceinline__ void store(int32_t* words, const uint32_t* packed,
                                               uint32_t first, uint32_t k) {
    if (first >= round_up(k, 8 * kInt4PerWord)) return;
    const uint32_t word = first / kInt4PerWord;
    auto* target = reinterpret_cast<uint2*>(words + word / 8 * 16 + word % 8);
    target[0] = uint2{packed[0], packed[1]};
    target[4] = uint2{packed[2], packed[3]};
  }

 private:
  template <bool kClips>
  __device__ __forceinline__ void pack_values(uint32_t (&words)[kLaneValues / 4],
                                              const Chunk& values) {
#pragma unroll
    for (int i = 0; i < kLaneValues / kInt4PerWord; ++i) {
      uint32_t odd[4], even[4];
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        odd[j] = integer<kClips>(values[i * kInt4PerWord + 2 * j + 1]);
        even[j] = 16 * integer<kClips>(values[i * kInt4PerWord + 2 * j]) - odd[j];
      }
      const uint32_t odd_word = low_bytes(odd), even_word = low_bytes(even);
      // 16 odd + 16 even
      sum_16_ = __dp4a(static_cast<int32_t>(odd_word), 0x11111111, sum_16_);
      sum_16_ = __dp4a(static_cast<int32_t>(even_word), 0x01010101, sum_16_);
      words[i / 2 * 4 + i % 2] = odd_word;
      words[i / 2 * 4 + 2 + i % 2] = even_word;
    }
  }

  // In the lowest byte.
  template <bool kClips>
  __device__ __forceinline__ uint32_t integer(float value) const {
    const float steps = multiply(value, inverse_);
    return float_bits(add(kClips ? held_within(steps, 7.0f) : steps, kShifter));
  }

  float inverse_;
  bool clips_;
  int32_t sum_16_ = 0;
};

template <>
constexpr bool kIsForDevice<WideInt4Format> = kTakesWidened;

}  // namespace qutlass::cuda
