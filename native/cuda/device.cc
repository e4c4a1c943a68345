#include "cuda/device.h"

#include <cstdarg>
#include <cstdio>

namespace qutlass::cuda {

namespace {

thread_local char message[512];

// An attribute of the current device, or `otherwise` where there is none.
int device_attribute(cudaDeviceAttr attribute, int otherwise) {
  int device = 0;
  int value = otherwise;
  const bool found = cudaGetDevice(&device) == cudaSuccess &&
                     cudaDeviceGetAttribute(&value, attribute, device) == cudaSuccess;
  if (found) return value;
  cudaGetLastError();  // this failure must not be taken for a launch's
  return otherwise;
}

}  // namespace

const char* failure(const char* op, const char* format, ...) {
  const int used = std::snprintf(message, sizeof message, "%s: ", op);
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(message + used, sizeof message - used, format, arguments);
  va_end(arguments);
  return message;
}

const char* failure(const char* op, cudaError_t error) {
  if (error == cudaSuccess) return nullptr;
  return failure(op, "%s (%s)", cudaGetErrorString(error), cudaGetErrorName(error));
}

int multiprocessor_count() { return device_attribute(cudaDevAttrMultiProcessorCount, 1); }

bool has_int4_products() { return device_attribute(cudaDevAttrComputeCapabilityMajor, 8) < 9; }

int multiprocessor_shared_bytes() {
  return device_attribute(cudaDevAttrMaxSharedMemoryPerMultiprocessor, 0);
}

int max_block_shared_bytes() {
  constexpr int kAlways = 48 * 1024;
  return device_attribute(cudaDevAttrMaxSharedMemoryPerBlockOptin, kAlways);
}

}  // namespace qutlass::cuda
