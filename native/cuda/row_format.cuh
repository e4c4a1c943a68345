// What the values of a quantized row become: the words of int8 or of int4.
//
// What quantize() of numerics.h guards against is settled for the whole row:
// - |value * inverse| is far below 2^22, so that adding 1.5 * 2^23 rounds it half to even and leaves
//   the integer in the low bits of the sum;
// - where the inverse is 0, every value becomes the zero point.
#pragma once

#include "cuda/device.h"
#include "cuda/ptx.cuh"
#include "cuda/value_range.cuh"
#include "cuda/warp_segment.cuh"
#include "qutlass/layout.h"
#include "qutlass/numerics.h"

namespace qutlass::cuda {

constexpr float kShifter = 12582912.0f;
constexpr int32_t kShifterBits = 0x4b400000;

// kClips says that values may lie beyond the limit of a symmetric row; without that its integers
// are within -127 ... 127 anyway. Those of an asymmetric one saturate.
template <bool kClips>
class Int8Format {
 public:
  static constexpr float kQuest = kQuestInt8;

  static __device__ __forceinline__ Quantizer symmetric_quantizer_of(float limit) {
    return symmetric_quantizer(limit, 127.0f, 0);
  }
  static __device__ __forceinline__ Quantizer quantizer_of(const ValueRange& range,
                                                           bool symmetric) {
    return symmetric ? symmetric_quantizer_of(range.amax())
                     : asymmetric_quantizer(range.least, range.greatest, 255.0f, -128.0f);
  }

  __device__ __forceinline__ Int8Format(const Quantizer& quantizer, bool symmetric)
      : quantizer_(quantizer), least_(symmetric ? -127 : -128) {}

  // The bytes of a word.
  __device__ __forceinline__ uint32_t bits(const float (&values)[4]) const {
    int32_t integers[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float shifted = add(multiply(values[i], quantizer_.inverse), kShifter);
      integers[i] = static_cast<int32_t>(float_bits(shifted)) + (quantizer_.zero - kShifterBits);
      if (kClips) integers[i] = max(integers[i], least_);
    }
    return quantizer_.inverse == 0.0f ? 0 : ptx::saturated_int8_word(integers);
  }

  // Those of the values beyond the row are 0.
  __device__ __forceinline__ void store(int32_t* words, uint32_t four, uint32_t bytes,
                                        uint32_t k) const {
    const uint32_t first = four * kInt8PerWord;
    if (first >= k) return;
    const uint32_t kept = k - first < 4 ? (1u << 8 * (k - first)) - 1 : 0xffffffffu;
    words[four] = static_cast<int32_t>(bytes & kept);
  }

 private:
  Quantizer quantizer_;
  int32_t least_;
};

// -7 ... 7, stored with 8 added; symmetric.
class Int4Format {
 public:
  static constexpr float kQuest = kQuestInt4;

  static __device__ __forceinline__ Quantizer symmetric_quantizer_of(float limit) {
    return symmetric_quantizer(limit, 7.0f, 0);
  }
  static __device__ __forceinline__ Quantizer quantizer_of(const ValueRange& range, bool) {
    return symmetric_quantizer_of(range.amax());
  }

  __device__ __forceinline__ Int4Format(const Quantizer& quantizer, bool) : quantizer_(quantizer) {}

  // The nibbles of half a word.
  __device__ __forceinline__ uint32_t bits(const float (&values)[4]) const {
    uint32_t half = 0;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float steps = fminf(fmaxf(multiply(values[i], quantizer_.inverse), -7.0f), 7.0f);
      half += float_bits(add(steps, kShifter + 8.0f)) << 4 * i;
    }
    return quantizer_.inverse == 0.0f ? 0x8888u : half & 0xffffu;
  }

  // Two lanes have a word. Values beyond the row are zeros, as the tail must be.
  __device__ __forceinline__ void store(int32_t* words, uint32_t four, uint32_t half,
                                        uint32_t k) const {
    const uint32_t high = __shfl_down_sync(0xffffffffu, half, 1);
    if (four % 2 == 0 && four * 4 < k) words[four / 2] = static_cast<int32_t>(half | high << 16);
  }

 private:
  Quantizer quantizer_;
};

}  // namespace qutlass::cuda
