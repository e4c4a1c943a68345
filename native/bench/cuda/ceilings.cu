#include <algorithm>

#include "ceilings.h"
#include "device_array.h"
#include "fill.h"
#include "mma_peak.h"
#include "streaming_read.h"
#include "timing.h"

namespace qutlass::bench {

namespace {

constexpr int64_t kMegabyte = 1000000;

std::vector<Ceilings::Read> measure_reads() {
  std::vector<Ceilings::Read> reads;
  for (int64_t megabytes : {16, 64, 128, 256, 512, 1024}) {
    const int64_t bytes = megabytes * kMegabyte;
    DeviceArray<uint32_t> data(bytes / sizeof(uint32_t), cold_copies(bytes));
    for (int copy = 0; copy < data.copies(); ++copy) {
      fill_words(reinterpret_cast<int32_t*>(data.of_call(copy)), data.size(), copy);
    }
    require(cudaDeviceSynchronize(), "filling an array");
    reads.push_back({bytes, streaming_read_gbps(data, Cache::kCold)});
  }
  return reads;
}

double measure_copy() {
  constexpr int64_t kBytes = 512 * kMegabyte;
  DeviceArray<char> source(kBytes), target(kBytes);
  require(cudaMemset(source.data(), 0x5a, kBytes), "cudaMemset");
  require(cudaDeviceSynchronize(), "cudaMemset");
  const auto call = [&](int, cudaStream_t stream) {
    require(cudaMemcpyAsync(target.data(), source.data(), kBytes, cudaMemcpyDeviceToDevice, stream),
            "cudaMemcpyAsync");
  };
  return 2.0 * kBytes / least_time({call, 1}, Cache::kHot) / 1e3;
}

__global__ void do_nothing() {}

double measure_launch() {
  const auto call = [](int, cudaStream_t stream) {
    do_nothing<<<1, 32, 0, stream>>>();
    require(cudaGetLastError(), "an empty kernel");
  };
  return least_time({call, 1}, Cache::kHot);
}

}  // namespace

Ceilings measure_ceilings() {
  Ceilings ceilings{};
  ceilings.reads = measure_reads();
  for (const Ceilings::Read& read : ceilings.reads) {
    ceilings.read_gbps = std::max(ceilings.read_gbps, read.gbps);
  }
  ceilings.copy_gbps = measure_copy();
  ceilings.bf16_tflops = mma_bf16_peak();
  ceilings.int8_tops = mma_int8_peak();
  ceilings.bf16_beside_logic = mma_bf16_beside_logic();
  ceilings.bf16_beside_multiply_adds = mma_bf16_beside_multiply_adds();
  ceilings.launch_us = measure_launch();
  return ceilings;
}

}  // namespace qutlass::bench
