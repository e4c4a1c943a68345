// The few functions of the CUDA driver that the binding needs, bound at run time.
//
// libcuda.so.1 is opened when first asked for, so the addon loads on machines that have none.
#pragma once

#include <cstddef>

extern "C" {
struct CUctx_st;
struct CUevent_st;
struct CUstream_st;
}

namespace qutlass::tensorflow {

using CudaContext = CUctx_st*;
using CudaEvent = CUevent_st*;
using CudaStream = CUstream_st*;
using CudaDevice = int;

// Result, name, name in the library, parameters. Every function returns a CUresult, 0 for success.
#define QUTLASS_CUDA_DRIVER_FUNCTIONS(X)                                               \
  X(init, "cuInit", (unsigned flags))                                                  \
  X(driver_version, "cuDriverGetVersion", (int* version))                              \
  X(device_count, "cuDeviceGetCount", (int* count))                                    \
  X(device_get, "cuDeviceGet", (CudaDevice*, int ordinal))                             \
  X(device_name, "cuDeviceGetName", (char* name, int size, CudaDevice))                \
  X(device_memory, "cuDeviceTotalMem_v2", (size_t * bytes, CudaDevice))                \
  X(device_attribute, "cuDeviceGetAttribute", (int* value, int attribute, CudaDevice)) \
  X(current_context, "cuCtxGetCurrent", (CudaContext*))                                \
  X(synchronize_context, "cuCtxSynchronize", ())                                       \
  X(stream_create, "cuStreamCreate", (CudaStream*, unsigned flags))                    \
  X(stream_context, "cuStreamGetCtx", (CudaStream, CudaContext*))                      \
  X(stream_synchronize, "cuStreamSynchronize", (CudaStream))                           \
  X(stream_wait_event, "cuStreamWaitEvent", (CudaStream, CudaEvent, unsigned flags))   \
  X(event_create, "cuEventCreate", (CudaEvent*, unsigned flags))                       \
  X(event_record, "cuEventRecord", (CudaEvent, CudaStream))                            \
  X(error_string, "cuGetErrorString", (int error, const char** text))

// From CUDA 12.5 on; null before.
#define QUTLASS_CUDA_DRIVER_OPTIONAL_FUNCTIONS(X)                       \
  X(context_record_event, "cuCtxRecordEvent", (CudaContext, CudaEvent)) \
  X(context_wait_event, "cuCtxWaitEvent", (CudaContext, CudaEvent))

struct CudaDriver {
#define QUTLASS_DECLARE(member, name, parameters) int(*member) parameters;
  QUTLASS_CUDA_DRIVER_FUNCTIONS(QUTLASS_DECLARE)
  QUTLASS_CUDA_DRIVER_OPTIONAL_FUNCTIONS(QUTLASS_DECLARE)
#undef QUTLASS_DECLARE
};

// The driver, or null where there is none (or one too old for a required function).
const CudaDriver* cuda_driver();

}  // namespace qutlass::tensorflow
