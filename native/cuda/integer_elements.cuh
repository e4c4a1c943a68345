// What the words of an integer product hold, and how they become operands of mma.sync.
//
// An element type turns each 4-byte word of a fragment into kParts operands; `multiply` is one mma
// of the same part of both sides. The kernel for few rows takes kStreamRowTiles tiles of 16 rows of
// the weights at a time. sum_of() makes the product's sum of what has been added up, of which
// `absent_words` words along k lay beyond the row and were read as 0 on both sides.
//
// int4 is stored as q + 8. An exclusive or with 8 makes that the two's complement of q, of which
// there are two kinds of product:
// - Int4ByMma: m16n8k64 in int4, native from sm_80 to sm_89;
// - Int4Widened: the odd and the even nibbles of a word are the upper halves of bytes, 16 q, of two
//   products m16n8k32 in int8. Both sides take the same nibbles, and the sum is 256 times too
//   large. kMaxKInt4Int4 keeps it in int32.
#pragma once

#include "cuda/integer_epilogue.cuh"
#include "cuda/ptx.cuh"
#include "qutlass/layout.h"

namespace qutlass::cuda {

template <bool kZero>
struct Int8Elements {
  static constexpr int kPerWord = kInt8PerWord;
  static constexpr bool kHasZero = kZero;  // a has zero points
  static constexpr int kParts = 1;
  static constexpr int kStreamRowTiles = 1;

  static __device__ __forceinline__ uint32_t operand(uint32_t word, int) { return word; }

  static __device__ __forceinline__ void multiply(int32_t (&sums)[4], const uint32_t (&a)[4],
                                                  uint32_t b0, uint32_t b1) {
    ptx::mma_int8(sums, a, b0, b1);
  }

  static __device__ __forceinline__ int32_t sum_of(int32_t sum, int) { return sum; }

  // Of a tile, before the epilogue.
  static __device__ __forceinline__ int32_t tile_sum_of(int32_t sum, int, const IntegerRow& row,
                                                        int32_t column_sum) {
    return row.centered(sum, column_sum);
  }
};

// What 0 on both sides, as q + 8, adds for each word.
constexpr int kAbsentInt4Word = kInt4PerWord * 8 * 8;

struct Int4ByMma {
  static constexpr int kPerWord = kInt4PerWord;
  static constexpr bool kHasZero = false;
  static constexpr int kParts = 1;
  static constexpr int kStreamRowTiles = 2;

  static __device__ __forceinline__ uint32_t operand(uint32_t word, int) {
    return word ^ 0x88888888u;
  }

  static __device__ __forceinline__ void multiply(int32_t (&sums)[4], const uint32_t (&a)[4],
                                                  uint32_t b0, uint32_t b1) {
    ptx::mma_int4(sums, a, b0, b1);
  }

  static __device__ __forceinline__ int32_t sum_of(int32_t sum, int absent_words) {
    return sum - kAbsentInt4Word * absent_words;
  }

  static __device__ __forceinline__ int32_t tile_sum_of(int32_t sum, int absent_words,
                                                        const IntegerRow&, int32_t) {
    return sum_of(sum, absent_words);
  }
};

struct Int4Widened {
  static constexpr int kPerWord = kInt4PerWord;
  static constexpr bool kHasZero = false;
  static constexpr int kParts = 2;
  static constexpr int kStreamRowTiles = 2;

  static __device__ __forceinline__ uint32_t operand(uint32_t word, int part) {
    const uint32_t nibbles = part == 0 ? word << 4 : word;
    return (nibbles & 0xf0f0f0f0u) ^ 0x80808080u;
  }

  static __device__ __forceinline__ void multiply(int32_t (&sums)[4], const uint32_t (&a)[4],
                                                  uint32_t b0, uint32_t b1) {
    ptx::mma_int8(sums, a, b0, b1);
  }

  // What is absent may have wrapped the sum around, and is taken off again before the shift.
  static __device__ __forceinline__ int32_t sum_of(int32_t sum, int absent_words) {
    const uint32_t absent = 256u * kAbsentInt4Word * static_cast<uint32_t>(absent_words);
    return static_cast<int32_t>(static_cast<uint32_t>(sum) - absent) >> 8;
  }

  static __device__ __forceinline__ int32_t tile_sum_of(int32_t sum, int absent_words,
                                                        const IntegerRow&, int32_t) {
    return sum_of(sum, absent_words);
  }
};

// The faster one of the two.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
struct Int4Elements : Int4ByMma {};
#else
struct Int4Elements : Int4Widened {};
#endif

// int4 by int4 for many rows where tensor cores have no int4: a comes widened already, so that a
// word of b costs little (widen_int4.cuh). kAIsWithin7 says that a has no -8.
template <bool kAIsWithin7>
struct Int4WideA {
  // The bytes that a's first blocks are multiplied with, and its second ones.
  static __device__ __forceinline__ uint32_t odd(uint32_t word) {
    return kAIsWithin7 ? word : word & 0xf0f0f0f0u;
  }
  static __device__ __forceinline__ uint32_t even(uint32_t word) { return word & 0x0f0f0f0fu; }

  // The sum is of 16 a (b + 8), with the row's sum of a as zero point; the first split of k takes
  // it off for all of k.
  static __device__ __forceinline__ int32_t tile_sum_of(int32_t sum, int, const IntegerRow& row,
                                                        int32_t) {
    return row.centered(sum, blockIdx.y == 0 ? 16 * 8 : 0) >> 4;
  }
};

// Devices whose tensor cores have int4 take no widened a: what is for it alone is empty there,
// which saves compiling it.
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
constexpr bool kTakesWidened = false;
#else
constexpr bool kTakesWidened = true;
#endif
template <class Elements>
constexpr bool kIsForDevice = true;
template <bool kAIsWithin7>
constexpr bool kIsForDevice<Int4WideA<kAIsWithin7>> = kTakesWidened;

}  // namespace qutlass::cuda
