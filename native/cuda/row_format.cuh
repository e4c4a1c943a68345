// What the values of a quantized row become: the words of int8 or of int4.
//
// What quantize() of numerics.h guards against is settled for the whole row:
// - |value * inverse| is far below 2^22, so that adding 1.5 * 2^23 rounds it half to even and
// leaves
//   the integer in the low bits of the sum;
// - without quest, the integers of a symmetric row are within its limits, and those of an
//   asymmetric one saturate;
// - where the inverse is 0, every value becomes the zero point.
#pragma once

#include <type_traits>

#include "cuda/grouped_chunk.cuh"
#include "cuda/ptx.cuh"
#include "cuda/quantize_row.cuh"
#include "cuda/value_range.cuh"
#include "qutlass/layout.h"

namespace qutlass::cuda {

constexpr float kShifter = 12582912.0f;
constexpr int32_t kShifterBits = 0x4b400000;

// The bytes of a word that stand for its first `count` values, 1 or more.
__device__ __forceinline__ uint32_t first_bytes(uint32_t word, uint32_t count) {
  return count < 4 ? word & ((1u << 8 * count) - 1) : word;
}

// A word of the lowest bytes of four.
__device__ __forceinline__ uint32_t low_bytes(const uint32_t (&words)[4]) {
  return __byte_perm(__byte_perm(words[0], words[1], 0x0040),
                     __byte_perm(words[2], words[3], 0x0040), 0x5410);
}

__device__ __forceinline__ float held_within(float value, float limit) {
  return fminf(fmaxf(value, -limit), limit);
}

// Stores the words of a lane's group of neighbours, the row's from value `first` on, of which there
// are k.
template <class Format>
__device__ __forceinline__ void store_group(int32_t* words, const uint32_t* packed, uint32_t first,
                                            uint32_t k) {
  if (first >= k) return;
  constexpr int kWords = kNeighbours / Format::kPerWord;
  using Vector = typename std::conditional<kWords == 4, uint4, uint2>::type;
  int32_t* target = words + first / Format::kPerWord;
  const uint32_t count = k - first;
  if (count >= kNeighbours && reinterpret_cast<uintptr_t>(target) % sizeof(Vector) == 0) {
    Vector vector;
    memcpy(&vector, packed, sizeof vector);
    *reinterpret_cast<Vector*>(target) = vector;
    return;
  }
#pragma unroll
  for (int i = 0; i < kWords; ++i) {
    if (i * Format::kPerWord < count) {
      target[i] = static_cast<int32_t>(Format::tail(packed[i], count - i * Format::kPerWord));
    }
  }
}

class Int8Format {
 public:
  static constexpr int kPerWord = kInt8PerWord;
  static constexpr int kLeastSplit = 3;  // eight groups are 128 bytes
  static constexpr bool kHasSum = false;
  static constexpr float kQuest = kQuestInt8;

  static __device__ __forceinline__ Quantizer of_limit(float limit) {
    return symmetric_quantizer(limit, 127.0f, 0);
  }
  static __device__ __forceinline__ Quantizer of_range(const ValueRange& range) {
    return asymmetric_quantizer(range.least, range.greatest, 255.0f, -128.0f);
  }

  __device__ __forceinline__ Int8Format(const Quantizer& quantizer, const QuantizedRow& row)
      : quantizer_(quantizer),
        symmetric_(row.symmetric),
        clips_(row.method == ScaleMethod::kQuest) {}

  // Of four values of a row with abs_max.
  __device__ __forceinline__ uint32_t word(const float* values) const {
    int32_t integers[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float shifted = add(multiply(values[i], quantizer_.inverse), kShifter);
      integers[i] = static_cast<int32_t>(float_bits(shifted)) + (quantizer_.zero - kShifterBits);
    }
    return quantizer_.inverse == 0.0f ? 0 : ptx::saturated_int8_word(integers);
  }

  // A lane's values of a chunk by any method. The branches are the same in all threads of a row.
  __device__ __forceinline__ void pack(uint32_t (&words)[kLaneValues / 4],
                                       const Chunk& values) const {
    const auto each = [&](const auto& word_of) {
#pragma unroll
      for (int i = 0; i < kLaneValues / 4; ++i) words[i] = word_of(values + 4 * i);
    };
    if (!symmetric_) return each([this](const float* four) { return word(four); });
    if (quantizer_.inverse == 0.0f) return each([](const float*) { return 0u; });
    if (clips_) return each([this](const float* four) { return symmetric_word<true>(four); });
    each([this](const float* four) { return symmetric_word<false>(four); });
  }

  // The word, with only the next `count` values of the row.
  static __device__ __forceinline__ uint32_t tail(uint32_t word, uint32_t count) {
    return first_bytes(word, count);
  }

  static __device__ __forceinline__ void store(int32_t* words, const uint32_t* packed,
                                               uint32_t first, uint32_t k) {
    store_group<Int8Format>(words, packed, first, k);
  }

 private:
  // The low bytes of the sums are the integers.
  template <bool kClips>
  __device__ __forceinline__ uint32_t symmetric_word(const float* values) const {
    uint32_t bits[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const float steps = multiply(values[i], quantizer_.inverse);
      bits[i] = float_bits(add(kClips ? held_within(steps, 127.0f) : steps, kShifter));
    }
    return low_bytes(bits);
  }

  Quantizer quantizer_;
  bool symmetric_;
  bool clips_;
};

// -7 ... 7, stored with 8 added; symmetric.
class Int4Format {
 public:
  static constexpr int kPerWord = kInt4PerWord;
  static constexpr int kLeastSplit = 4;
  static constexpr bool kHasSum = false;
  static constexpr float kQuest = kQuestInt4;

  static __device__ __forceinline__ Quantizer of_limit(float limit) {
    return symmetric_quantizer(limit, 7.0f, 0);
  }
  static __device__ __forceinline__ Quantizer of_range(const ValueRange& range) {
    return of_limit(range.amax());
  }

  __device__ __forceinline__ Int4Format(const Quantizer& quantizer, const QuantizedRow& row)
      : inverse_(quantizer.inverse), clips_(row.method == ScaleMethod::kQuest) {}

  __device__ __forceinline__ void pack(uint32_t (&words)[kLaneValues / 8],
                                       const Chunk& values) const {
    const auto each = [&](const auto& half_of) {
#pragma unroll
      for (int i = 0; i < kLaneValues / 8; ++i) {
        words[i] = __byte_perm(half_of(values + 8 * i), half_of(values + 8 * i + 4), 0x5410);
      }
    };
    if (inverse_ == 0.0f) return each([](const float*) { return 0x8888u; });
    if (clips_) return each([this](const float* four) { return half<true>(four); });
    each([this](const float* four) { return half<false>(four); });
  }

  // Four values of a row with abs_max, in the low half.
  __device__ __forceinline__ uint32_t half_word(const float* values) const {
    return inverse_ == 0.0f ? 0x8888u : half<false>(values) & 0xffffu;
  }

  // Values beyond the row are zeros, as the tail must be.
  static __device__ __forceinline__ uint32_t tail(uint32_t word, uint32_t) { return word; }

  static __device__ __forceinline__ void store(int32_t* words, const uint32_t* packed,
                                               uint32_t first, uint32_t k) {
    store_group<Int4Format>(words, packed, first, k);
  }

 private:
  // Four nibbles in the low half: those of the sums, whose next bits are 0.
  template <bool kClips>
  __device__ __forceinline__ uint32_t half(const float* values) const {
    uint32_t bits = 0;
#pragma unroll
    for (int i = 3; i >= 0; --i) {
      const float steps = multiply(values[i], inverse_);
      bits =
          (bits << 4) + float_bits(add(kClips ? held_within(steps, 7.0f) : steps, kShifter + 8.0f));
    }
    return bits;
  }

  float inverse_;
  bool clips_;
};

}  // namespace qutlass::cuda
