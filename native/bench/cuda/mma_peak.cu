#include <algorithm>

#include "cuda/device.h"
#include "cuda/ptx.cuh"
#include "device_array.h"
#include "mma_peak.h"
#include "random_value.h"
#include "timing.h"

namespace qutlass::bench {

namespace {

constexpr int kSteps = 16384;
// Fragments of a warp: enough independent products to fill the pipeline.
constexpr int kRows = 2;     // of 16
constexpr int kColumns = 4;  // of 8
constexpr int kM = 16, kN = 8;
constexpr int kOthers = 16;  // registers that other instructions work on

struct Bf16 {
  using Sum = float;
  static constexpr int kK = 16;
  static __device__ uint32_t operand(int64_t index) {
    return cuda::ptx::bf16_pair(random_normal(1, 2 * index, 1), random_normal(1, 2 * index + 1, 1));
  }
  static __device__ void multiply_add(Sum (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    cuda::ptx::mma_bf16(c, a, b[0], b[1]);
  }
};

struct Int8 {
  using Sum = int32_t;
  static constexpr int kK = 32;
  static __device__ uint32_t operand(int64_t index) {
    return static_cast<uint32_t>(random_bits(1, index));
  }
  static __device__ void multiply_add(Sum (&c)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
    cuda::ptx::mma_int8(c, a, b[0], b[1]);
  }
};

// Other instructions of three register operands between the products, kCount for each: what a
// kernel does to its operands takes register ports, which the products need too.
template <int kCount>
struct Logic {
  uint32_t words[kOthers];

  __device__ explicit Logic(int64_t seed) {
    for (int i = 0; i < kOthers; ++i) words[i] = static_cast<uint32_t>(random_bits(2, seed + i));
  }
  __device__ __forceinline__ void run(int product) {
#pragma unroll
    for (int i = product * kCount; i < (product + 1) * kCount; ++i) {
      uint32_t& word = words[i % kOthers];
      word = cuda::ptx::and_or(word, words[(i + 5) % kOthers], words[(i + 3) % kOthers]);
    }
  }
  __device__ float total() const {
    uint32_t sum = 0;
    for (uint32_t word : words) sum += word;
    return static_cast<float>(sum);
  }
};

template <int kCount>
struct MultiplyAdds {
  float values[kOthers];

  __device__ explicit MultiplyAdds(int64_t seed) {
    for (int i = 0; i < kOthers; ++i) values[i] = random_normal(2, seed + i, 1);
  }
  __device__ __forceinline__ void run(int product) {
#pragma unroll
    for (int i = product * kCount; i < (product + 1) * kCount; ++i) {
      float& value = values[i % kOthers];
      value = fmaf(value, values[(i + 5) % kOthers], values[(i + 3) % kOthers]);
    }
  }
  __device__ float total() const {
    float sum = 0;
    for (float value : values) sum += value;
    return sum;
  }
};

template <class Type, class Others>
__global__ void multiply(typename Type::Sum* sums) {
  const int64_t thread = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  int64_t index = thread * (4 * kRows + 2 * kColumns);
  uint32_t a[kRows][4], b[kColumns][2];
  for (auto& fragment : a) {
    for (uint32_t& word : fragment) word = Type::operand(index++);
  }
  for (auto& fragment : b) {
    for (uint32_t& word : fragment) word = Type::operand(index++);
  }
  Others others(index);
  typename Type::Sum c[kRows][kColumns][4] = {};
#pragma unroll 4
  for (int step = 0; step < kSteps; ++step) {
#pragma unroll
    for (int row = 0; row < kRows; ++row) {
#pragma unroll
      for (int column = 0; column < kColumns; ++column) {
        Type::multiply_add(c[row][column], a[row], b[column]);
        others.run(row * kColumns + column);
      }
    }
  }
  typename Type::Sum sum = 0;
  for (auto& row : c) {
    for (auto& fragment : row) {
      for (auto value : fragment) sum += value;
    }
  }
  sums[thread] = sum + static_cast<typename Type::Sum>(others.total());
}

struct LaunchShape {
  int blocks_per_multiprocessor;
  int threads;
};

constexpr LaunchShape kShapes[] = {{1, 128}, {1, 256}, {1, 512}, {2, 128}, {2, 256}, {4, 128}};

template <class Type, class Others>
double peak() {
  const int multiprocessors = cuda::multiprocessor_count();
  double best = 0;
  for (const LaunchShape& shape : kShapes) {
    const int blocks = multiprocessors * shape.blocks_per_multiprocessor;
    DeviceArray<typename Type::Sum> sums(int64_t{blocks} * shape.threads);
    const auto call = [&](int, cudaStream_t stream) {
      multiply<Type, Others><<<blocks, shape.threads, 0, stream>>>(sums.data());
      require(cudaGetLastError(), "mma peak");
    };
    const double warps = static_cast<double>(blocks) * (shape.threads / 32);
    const double operations = warps * kSteps * kRows * kColumns * 2.0 * kM * kN * Type::kK;
    best = std::max(best, operations / least_time({call, 1}, Cache::kHot) / 1e6);
  }
  return best;
}

}  // namespace

double mma_bf16_peak() { return peak<Bf16, Logic<0>>(); }
double mma_int8_peak() { return peak<Int8, Logic<0>>(); }

std::vector<double> mma_bf16_beside_logic() {
  return {peak<Bf16, Logic<1>>(), peak<Bf16, Logic<2>>(), peak<Bf16, Logic<3>>(),
          peak<Bf16, Logic<4>>()};
}

std::vector<double> mma_bf16_beside_multiply_adds() {
  return {peak<Bf16, MultiplyAdds<1>>(), peak<Bf16, MultiplyAdds<2>>(),
          peak<Bf16, MultiplyAdds<3>>(), peak<Bf16, MultiplyAdds<4>>()};
}

}  // namespace qutlass::bench
