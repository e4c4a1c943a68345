// The packed layouts: where a logical element of a row lies in its int32 words.
//
// The packer, the kernels and their tests all call these functions, so the layout exists once.
//   int8: element 4w+i is byte i (lowest first) of word w, two's complement.
//   int4: element 8w+i is nibble i (lowest first) of word w, unsigned 0..15.
#pragma once

#include <cstdint>

#ifdef __CUDACC__
#define QUTLASS_HOST_DEVICE __host__ __device__
#else
#define QUTLASS_HOST_DEVICE
#endif

namespace qutlass {

constexpr int kInt8PerWord = 4;
constexpr int kInt4PerWord = 8;

// Words that hold a row of k int8 elements.
QUTLASS_HOST_DEVICE constexpr int64_t int8_words(int64_t k) {
  return (k + kInt8PerWord - 1) / kInt8PerWord;
}

// Words that hold a row of k int4 elements.
QUTLASS_HOST_DEVICE constexpr int64_t int4_words(int64_t k) {
  return (k + kInt4PerWord - 1) / kInt4PerWord;
}

// The int8 element `index` (0..3) of a word.
QUTLASS_HOST_DEVICE constexpr int32_t int8_of(uint32_t word, int index) {
  return static_cast<int32_t>((word >> (8 * index)) & 0xffu) -
         static_cast<int32_t>(((word >> (8 * index + 7)) & 1u) << 8);
}

// The unsigned int4 element `index` (0..7) of a word.
QUTLASS_HOST_DEVICE constexpr int32_t int4_of(uint32_t word, int index) {
  return static_cast<int32_t>((word >> (4 * index)) & 0xfu);
}

// `value` as element `index` of a word; the word is the sum (or the bitwise or) of its elements.
QUTLASS_HOST_DEVICE constexpr uint32_t int8_in_word(int32_t value, int index) {
  return (static_cast<uint32_t>(value) & 0xffu) << (8 * index);
}

QUTLASS_HOST_DEVICE constexpr uint32_t int4_in_word(int32_t value, int index) {
  return (static_cast<uint32_t>(value) & 0xfu) << (4 * index);
}

// The number of groups along k; the last group may be short.
QUTLASS_HOST_DEVICE constexpr int64_t group_count(int64_t k, int64_t group_size) {
  return k == 0 ? 1 : (k + group_size - 1) / group_size;
}

// The most elements of K for which a sum of int8 products is exact in int32:
// (2^31 - 1) / (128 * 128).
constexpr int64_t kMaxKInt8 = 131071;
// The same where one operand is a difference from a zero point, in -255..255, and the other may be
// -128: (2^31 - 1) / (255 * 128).
constexpr int64_t kMaxKInt8ZeroPoint = 65793;
// The same for products of two int4 operands, each kept as 16 times its value:
// (2^31 - 1) / (128 * 128), in whole words.
constexpr int64_t kMaxKInt4Int4 = 131064;
// The most elements of a group for which a sum of products of -127..127 with -15..15 is exact:
// (2^31 - 1) / (127 * 15).
constexpr int64_t kMaxGroupInt8Int4 = 1127288;

static_assert(int8_of(0x80u, 0) == -128 && int8_of(0x7f00u, 1) == 127, "int8 is two's complement");
static_assert(int8_words(5) == 2 && int4_words(8) == 1 && int4_words(0) == 0, "words round up");

}  // namespace qutlass
