// int4 weights as bf16 operands of an mma, and the order of k that this asks of x.
//
// A word holds eight nibbles. Masking it gives nibbles j and j + 4 as the two halves of a register;
// ORed into the bf16 128 (0x4300, whose last mantissa bit is worth 1) each becomes 128 + q, and one
// subtraction of 128 + zero leaves q - zero, exactly.
//
// So that four lanes may each take one word of a 32-element block, and the halves of each register
// stay neighbours, the k of a block is permuted: lane t multiplies elements 8t ... 8t + 7, in the
// pairs (j, j + 4). Where x comes from shared memory it is stored in that order beforehand.
#pragma once

#include "cuda/ptx.cuh"
#include "qutlass/numerics.h"

namespace qutlass::cuda {

constexpr int kBlockK = 32;  // elements of k in a block of four words
constexpr int kBlockWords = kBlockK / kInt4PerWord;

// Where element k of a block lies in the permuted x: ldmatrix hands lane t the 16-bit elements
// 8j + 2t and 8j + 2t + 1 of row piece j, which must be its elements j and j + 4.
QUTLASS_HOST_DEVICE constexpr int permuted_position(int k) {
  const int t = k / kInt4PerWord;
  const int j = k % 4;
  const int high = k / 4 % 2;
  return 8 * j + 2 * t + high;
}

// -(128 + zero) as both halves of a register.
__device__ __forceinline__ uint32_t minus_zero_point(int32_t zero) {
  return 0xc300c300u | static_cast<uint32_t>(zero) * 0x00010001u;
}

// pairs[j] = bf16 of elements j and j + 4 of a word, minus the zero point.
__device__ __forceinline__ void int4_to_bf16(uint32_t (&pairs)[4], uint32_t word,
                                             uint32_t minus_zero) {
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const uint32_t biased = ptx::and_or(word >> (4 * j), 0x000f000fu, 0x43004300u);
    pairs[j] = ptx::add_bf16_pairs(biased, minus_zero);
  }
}

}  // namespace qutlass::cuda
