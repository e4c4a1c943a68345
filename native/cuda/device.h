// What every launcher needs of the CUDA runtime: reasons for failures, facts about the device.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "qutlass/layout.h"

namespace qutlass::cuda {

constexpr int kWarpSize = 32;

QUTLASS_HOST_DEVICE constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

QUTLASS_HOST_DEVICE constexpr int64_t round_up(int64_t a, int64_t b) { return ceil_div(a, b) * b; }

QUTLASS_HOST_DEVICE inline bool is_aligned(const void* pointer, size_t bytes) {
  return reinterpret_cast<uintptr_t>(pointer) % bytes == 0;
}

// "op: printf-style message", in a thread-local buffer that lasts until the thread's next failure.
[[gnu::format(printf, 2, 3)]] const char* failure(const char* op, const char* format, ...);

// Null for cudaSuccess, else "op: what the runtime says (its name of the error)".
const char* failure(const char* op, cudaError_t error);

// The multiprocessors of the current device, by which work is divided. Where there is no device the
// answer is 1: a launch will say why there is none.
int multiprocessor_count();

// The shared memory of each of them in bytes, 0 where there is no device.
int multiprocessor_shared_bytes();

// The most of it that a block may ask for, static and dynamic.
int max_block_shared_bytes();

// Of it are gone with each block, on some devices.
constexpr int kReservedSharedBytes = 1024;

// Whether its tensor cores multiply int4: those of compute capability 8.
bool has_int4_products();

// Lets `kernel` have `bytes` of dynamic shared memory; does its work once a device.
template <auto kernel>
cudaError_t allow_shared_memory(int bytes) {
  static std::atomic<uint64_t> allowed_devices{0};
  int device = 0;
  if (const cudaError_t error = cudaGetDevice(&device)) return error;
  const uint64_t bit = device < 64 ? uint64_t{1} << device : 0;
  if (allowed_devices.load(std::memory_order_relaxed) & bit) return cudaSuccess;
  const cudaError_t error = cudaFuncSetAttribute(
      reinterpret_cast<const void*>(kernel), cudaFuncAttributeMaxDynamicSharedMemorySize, bytes);
  if (error == cudaSuccess) allowed_devices.fetch_or(bit, std::memory_order_relaxed);
  return error;
}

}  // namespace qutlass::cuda
