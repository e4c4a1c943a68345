// A block of activations as integers (block_float.h): what an instruction set makes of floats. No
// functions are here, so that isa_*.cc may include it (see isa.h).
#pragma once

#include <cstdint>

namespace qutlass::cpu {

// Of a float32.
constexpr int32_t kMantissaBits = 23;
constexpr int32_t kExponentBias = 127;
constexpr int32_t kInfinityBits = 0x7f800000;
// The largest bf16 mantissa counts as the next power of two.
constexpr int32_t kLargestMantissaStep = 1 << 16;
// Bits of the largest integers, less one.
constexpr int32_t kIntegerExponent = 14;
// Below this exponent the unit would be a denormal.
constexpr int32_t kLeastExponent = 1 - kExponentBias + kIntegerExponent;

struct BlockIntegers {
  static constexpr int64_t kMaxWords = 32;
  static constexpr int64_t kWordElements = 8;
  static constexpr int64_t kParts = 4;
  // Of integers that are int8 as they come: even elements, odd ones.
  static constexpr int64_t kPartsOfBytes = 2;

  // The 16-bit integers of a word of weights, in four parts of 32 bits. In halves: part n has
  // element n, then element n + 4. In bytes: the low bytes of even elements, of odd ones, the high
  // bytes of even elements, of odd ones; low bytes are signed too, high ones rounded. They are put
  // where the caller wants them.
  int32_t (*words)[kParts];
  int32_t negative_sums[kMaxWords];  // of the integers of a word: by the portable kernel, for dots
  int32_t negative_sum;              // of all integers
  uint8_t residuals[kMaxWords];      // bit i: element i of the word has a residual
  float residual_magnitude;          // the sum of their magnitudes
  float squares;                     // the sum of the squares of the integers
  float unit;
};

// Fills a block from `count` floats, rounded to bf16; elements beyond them are zeros up to a whole
// word.
using MakeBlockIntegers = void (*)(const float* x, int64_t count, bool in_bytes,
                                   BlockIntegers* block);

}  // namespace qutlass::cpu
