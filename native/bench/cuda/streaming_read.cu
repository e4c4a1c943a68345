#include <algorithm>

#include "cuda/device.h"
#include "streaming_read.h"

namespace qutlass::bench {

namespace {

constexpr int kMaxThreads = 1024;  // a block: leaves each the registers for its loads

// Threads take neighbouring vectors, and each keeps kUnroll loads under way.
template <int kUnroll>
__global__ __launch_bounds__(kMaxThreads) void add_up(const uint4* data, int64_t vectors,
                                                      uint32_t* sums) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  const int64_t thread = blockIdx.x * int64_t{blockDim.x} + threadIdx.x;
  uint32_t sum = 0;
  const auto include = [&](uint4 vector) { sum += vector.x ^ vector.y ^ vector.z ^ vector.w; };
  int64_t i = thread;
  for (; i + (kUnroll - 1) * stride < vectors; i += kUnroll * stride) {
    uint4 loaded[kUnroll];
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) loaded[u] = __ldcs(data + i + u * stride);
#pragma unroll
    for (int u = 0; u < kUnroll; ++u) include(loaded[u]);
  }
  for (; i < vectors; i += stride) include(__ldcs(data + i));
  sums[thread] = sum;
}

struct LaunchShape {
  void (*kernel)(const uint4*, int64_t, uint32_t*);
  int blocks_per_multiprocessor;
  int threads;
};

constexpr LaunchShape kShapes[] = {
    {add_up<4>, 1, 1024}, {add_up<8>, 1, 1024}, {add_up<4>, 2, 512},  {add_up<8>, 2, 512},
    {add_up<4>, 2, 1024}, {add_up<8>, 4, 256},  {add_up<4>, 4, 512},  {add_up<8>, 4, 512},
    {add_up<4>, 8, 256},  {add_up<8>, 8, 256},  {add_up<2>, 16, 128}, {add_up<2>, 8, 256},
};

}  // namespace

double streaming_read_gbps(const DeviceArray<uint32_t>& data, Cache cache) {
  const int multiprocessors = cuda::multiprocessor_count();
  double best = 0;
  for (const LaunchShape& shape : kShapes) {
    const int blocks = multiprocessors * shape.blocks_per_multiprocessor;
    DeviceArray<uint32_t> sums(int64_t{blocks} * shape.threads);
    const auto call = [&](int index, cudaStream_t stream) {
      const auto* vectors = reinterpret_cast<const uint4*>(data.of_call(index));
      shape.kernel<<<blocks, shape.threads, 0, stream>>>(vectors, data.bytes() / sizeof(uint4),
                                                         sums.data());
      require(cudaGetLastError(), "streaming read");
    };
    const double us = least_time({call, data.copies()}, cache);
    best = std::max(best, data.bytes() / us / 1e3);
  }
  return best;
}

}  // namespace qutlass::bench
