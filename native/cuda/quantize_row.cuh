// The quantization of one row by one block: a pass for the range, one for the integers. Rows of up
// to kHeldWords words a thread stay in registers between the two; what is longer is read twice.
#pragma once

#include "cuda/device.h"
#include "cuda/value_range.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

constexpr int kQuantizeMaxThreads = 1024;
constexpr int kHeldWords = 4;  // of a thread, four values each

// One row of x, and a thread's place in it: words thread, thread + blockDim, ...
struct QuantizedRow {
  const float* x;
  int64_t k;

  __device__ int64_t word(int index) const { return threadIdx.x + int64_t{index} * blockDim.x; }
  __device__ bool has(int64_t word) const { return word * kInt8PerWord < k; }
  __device__ void load(float (&values)[4], int64_t word) const {
    load_4(values, x + word * kInt8PerWord, k - word * kInt8PerWord);
  }
};

__device__ __forceinline__ void include(ValueRange& range, const float (&values)[4]) {
#pragma unroll
  for (float value : values) range.include(value);
}

// The range over all threads of the block, in every thread.
__device__ __forceinline__ ValueRange block_range(ValueRange range) {
  __shared__ ValueRange warps[kQuantizeMaxThreads / kWarpSize];
  const int lane = threadIdx.x % kWarpSize;
  range = warp_range(range);
  if (lane == 0) warps[threadIdx.x / kWarpSize] = range;
  __syncthreads();
  const int warp_count = blockDim.x / kWarpSize;
  return warp_range(lane < warp_count ? warps[lane] : ValueRange{});
}

// The packed word of four values, of which `count` lie in the row; the rest of it is 0.
__device__ __forceinline__ int32_t quantized_word(const float (&values)[4], int64_t count,
                                                  const Quantizer& quantizer, int32_t lowest) {
  uint32_t word = 0;
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if (i < count) word |= int8_in_word(quantize(values[i], quantizer, lowest, 127), i);
  }
  return static_cast<int32_t>(word);
}

// Writes the int8_words(row.k) words of the row; all threads of the block take part.
__device__ __forceinline__ Quantizer quantize_row(const QuantizedRow& row, bool symmetric,
                                                  int32_t* words) {
  ValueRange range;
  float held[kHeldWords][4];
#pragma unroll
  for (int i = 0; i < kHeldWords; ++i) row.load(held[i], row.word(i));
#pragma unroll
  for (int i = 0; i < kHeldWords; ++i) include(range, held[i]);
  for (int i = kHeldWords; row.has(row.word(i)); ++i) {
    float values[4];
    row.load(values, row.word(i));
    include(range, values);
  }
  range = block_range(range);
  const Quantizer quantizer =
      symmetric ? symmetric_quantizer(range.amax(), 127.0f, 0)
                : asymmetric_quantizer(range.lowest(), range.highest(), 255.0f, -128.0f);

  const int32_t lowest = symmetric ? -127 : -128;
  const auto store = [&](const float(&values)[4], int64_t word) {
    words[word] = quantized_word(values, row.k - word * kInt8PerWord, quantizer, lowest);
  };
#pragma unroll
  for (int i = 0; i < kHeldWords; ++i) {
    if (row.has(row.word(i))) store(held[i], row.word(i));
  }
  for (int i = kHeldWords; row.has(row.word(i)); ++i) {
    float values[4];
    row.load(values, row.word(i));
    store(values, row.word(i));
  }
  return quantizer;
}

}  // namespace qutlass::cuda
