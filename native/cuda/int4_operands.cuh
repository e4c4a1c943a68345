// The x of an int4 product: float32 or int8. And what the tiles read instead of it, put into the
// workspace by one kernel: x in bf16, in an order of k in which each lane's elements are
// neighbours.
#pragma once

#include "cuda/int4_to_bf16.cuh"
#include "cuda/vector.cuh"
#include "qutlass/ops.h"

namespace qutlass::cuda {

constexpr int kInt4StepK = 128;  // elements of k in a step of the tiles

struct PermutedX {
  uint16_t* data;    // [m, padded_k]
  int64_t padded_k;  // whole steps; the padding is 0
  int64_t bytes;

  PermutedX(const MatmulInt4Args& args, void* workspace)
      : data(static_cast<uint16_t*>(workspace)),
        padded_k(round_up(args.k, kInt4StepK)),
        bytes(round_up(2 * args.m * padded_k, 256)) {}
};

// The rows of x. Which of both they are is the same in all threads, and costs no kernels.
class Int4ProductX {
 public:
  Int4ProductX(const float* floats, int64_t k) : floats_(floats), k_(k) {}

  // Packed int8, [m, int8_words(k)], whose tails are 0. Each is exact in bf16.
  Int4ProductX(const int32_t* words, int64_t k) : words_(words), k_(k) {}

  // The eight elements that a word of weights is multiplied with, from element k of a row, a
  // multiple of eight: in the pairs of int4_to_bf16, with zeros beyond the row.
  __device__ __forceinline__ uint4 pairs(int64_t row, int64_t k) const {
    float low[4];
    float high[4];
    if (words_) {
      const int64_t word = k / kInt8PerWord;
      const int64_t left = int8_words(k_) - word;
      const int32_t* source = words_ + row * int8_words(k_) + word;
      bytes_of(low, left > 0 ? __ldg(source) : 0);
      bytes_of(high, left > 1 ? __ldg(source + 1) : 0);
    } else {
      const int64_t left = k_ - k;
      const float* source = floats_ + row * k_ + k;
      if (left >= kInt4PerWord && is_aligned_16(source)) {
        load_aligned_4(low, source, 4);
        load_aligned_4(high, source + 4, 4);
      } else {
        load_one_by_one(low, source, left);
        load_one_by_one(high, source + 4, left - 4);
      }
    }
    return uint4{ptx::bf16_pair(low[0], high[0]), ptx::bf16_pair(low[1], high[1]),
                 ptx::bf16_pair(low[2], high[2]), ptx::bf16_pair(low[3], high[3])};
  }

 private:
  // A byte plus 128 in the low bits of 2^23 is a float32 so much greater.
  static __device__ __forceinline__ void bytes_of(float (&values)[4], int32_t word) {
    const uint32_t biased = static_cast<uint32_t>(word) ^ 0x80808080u;
#pragma unroll
    for (uint32_t i = 0; i < 4; ++i) {
      const uint32_t bits = __byte_perm(biased, 0x4b000000u, 0x7440u + i);
      values[i] = add(float_from_bits(bits), -8388736.0f);
    }
  }

  const float* floats_ = nullptr;
  const int32_t* words_ = nullptr;
  int64_t k_;
};

// Fills it, one thread a word: the pairs lie where ldmatrix takes them from.
struct PermuteX {
  Int4ProductX x;
  PermutedX permuted;

  int64_t words() const { return permuted.padded_k / kInt4PerWord; }

  __device__ void operator()(int64_t m, int64_t word) const {
    const int64_t k = word * kInt4PerWord;
    const uint4 pairs = x.pairs(m, k);
    uint16_t* block = permuted.data + m * permuted.padded_k + k / kBlockK * kBlockK;
    const uint32_t of_word[4] = {pairs.x, pairs.y, pairs.z, pairs.w};
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const int position = permuted_position(static_cast<int>(k % kBlockK) + j);
      *reinterpret_cast<uint32_t*>(block + position) = of_word[j];
    }
  }
};

}  // namespace qutlass::cuda
