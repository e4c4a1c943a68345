#include "cuda/device.h"

#include <cstdarg>
#include <cstdio>

namespace qutlass::cuda {

namespace {

thread_local char message[512];

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

int multiprocessor_count() {
  int device = 0;
  int count = 1;
  if (cudaGetDevice(&device) == cudaSuccess) {
    cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  }
  cudaGetLastError();  // a failure here must not be taken for a launch's
  return count;
}

}  // namespace qutlass::cuda
