#include "device_array.h"
#include "fill.h"
#include "random_value.h"

namespace qutlass::bench {

namespace {

template <typename At>
__global__ void for_each_index(int64_t size, At at) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  for (int64_t i = blockIdx.x * int64_t{blockDim.x} + threadIdx.x; i < size; i += stride) at(i);
}

template <typename At>
void launch_for_each_index(int64_t size, At at) {
  constexpr int kBlocks = 2048, kThreads = 256;
  for_each_index<<<kBlocks, kThreads>>>(size, at);
  require(cudaGetLastError(), "filling an array");
}

struct PutNormal {
  float* values;
  uint64_t seed;
  float deviation;
  __device__ void operator()(int64_t i) const { values[i] = random_normal(seed, i, deviation); }
};

struct PutInteger {
  int32_t* values;
  uint64_t seed;
  int32_t low, count;
  __device__ void operator()(int64_t i) const { values[i] = random_integer(seed, i, low, count); }
};

struct PutWord {
  int32_t* words;
  uint64_t seed;
  __device__ void operator()(int64_t i) const {
    words[i] = static_cast<int32_t>(random_bits(seed, i));
  }
};

struct PutBf16 {
  uint16_t* bits;
  const float* values;
  __device__ void operator()(int64_t i) const { bits[i] = bf16_bits(values[i]); }
};

}  // namespace

void fill_normal(float* values, int64_t size, uint64_t seed, float deviation) {
  launch_for_each_index(size, PutNormal{values, seed, deviation});
}

void fill_integers(int32_t* values, int64_t size, uint64_t seed, int32_t low, int32_t count) {
  launch_for_each_index(size, PutInteger{values, seed, low, count});
}

void fill_words(int32_t* words, int64_t size, uint64_t seed) {
  launch_for_each_index(size, PutWord{words, seed});
}

void convert_to_bf16(uint16_t* bits, const float* values, int64_t size) {
  launch_for_each_index(size, PutBf16{bits, values});
}

}  // namespace qutlass::bench
