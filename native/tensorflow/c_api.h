// TensorFlow's C API, bound at run time to the libtensorflow that tfjs-node has already loaded.
//
// The addon links against no TensorFlow and includes none of its headers: the few opaque types and
// functions it needs are declared here, with the signatures of tensorflow/c/{c_api,kernels,ops,
// tf_tensor,tf_status}.h, which have been the same since TensorFlow 2.4. One binary therefore
// serves every TensorFlow 2.x that a tfjs-node can be built on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

extern "C" {
struct TF_Status;
struct TF_Tensor;
struct TF_OpDefinitionBuilder;
struct TF_KernelBuilder;
struct TF_OpKernelConstruction;
struct TF_OpKernelContext;
struct TF_ShapeInferenceContext;

struct TF_Buffer {
  const void* data;
  size_t length;
  void (*data_deallocator)(void* data, size_t length);
};

struct TF_AllocatorAttributes {
  size_t struct_size;
  unsigned char on_host;
};
}

namespace qutlass::tensorflow {

// Values of TF_DataType and TF_Code.
enum DataType : int { kFloat = 1, kInt32 = 3, kUint8 = 4 };
enum Code : int { kOk = 0, kInvalidArgument = 3, kInternal = 13 };

// Every function that is bound: its result, its name without `TF_`, its parameters. The first list
// lives in libtensorflow_framework, the second in libtensorflow or libtensorflow_cc.
#define QUTLASS_FRAMEWORK_FUNCTIONS(X)                                                      \
  X(TF_Status*, NewStatus, (void))                                                          \
  X(void, DeleteStatus, (TF_Status*))                                                       \
  X(void, SetStatus, (TF_Status*, int code, const char* message))                           \
  X(int, GetCode, (const TF_Status*))                                                       \
  X(const char*, Message, (const TF_Status*))                                               \
  X(TF_OpDefinitionBuilder*, NewOpDefinitionBuilder, (const char* name))                    \
  X(void, OpDefinitionBuilderAddAttr, (TF_OpDefinitionBuilder*, const char* spec))          \
  X(void, OpDefinitionBuilderAddInput, (TF_OpDefinitionBuilder*, const char* spec))         \
  X(void, OpDefinitionBuilderAddOutput, (TF_OpDefinitionBuilder*, const char* spec))        \
  X(void, OpDefinitionBuilderSetShapeInferenceFunction,                                     \
    (TF_OpDefinitionBuilder*, void (*)(TF_ShapeInferenceContext*, TF_Status*)))             \
  X(void, ShapeInferenceContextSetUnknownShape, (TF_ShapeInferenceContext*, TF_Status*))    \
  X(void, RegisterOpDefinition, (TF_OpDefinitionBuilder*, TF_Status*))                      \
  X(TF_KernelBuilder*, NewKernelBuilder,                                                    \
    (const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),         \
     void (*compute)(void*, TF_OpKernelContext*), void (*destroy)(void*)))                  \
  X(void, RegisterKernelBuilder, (const char* name, TF_KernelBuilder*, TF_Status*))         \
  X(void, OpKernelConstruction_Failure, (TF_OpKernelConstruction*, TF_Status*))             \
  X(void, OpKernelConstruction_GetAttrInt64,                                                \
    (TF_OpKernelConstruction*, const char* name, int64_t* value, TF_Status*))               \
  X(void, OpKernelConstruction_GetAttrBool,                                                 \
    (TF_OpKernelConstruction*, const char* name, unsigned char* value, TF_Status*))         \
  X(void, OpKernelConstruction_GetAttrString,                                               \
    (TF_OpKernelConstruction*, const char* name, char* value, size_t size, TF_Status*))     \
  X(void, OpKernelContext_Failure, (TF_OpKernelContext*, TF_Status*))                       \
  X(void, GetInput, (TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*))              \
  X(void, SetOutput, (TF_OpKernelContext*, int index, const TF_Tensor*, TF_Status*))        \
  X(TF_Tensor*, AllocateOutput,                                                             \
    (TF_OpKernelContext*, int index, int type, const int64_t* dims, int rank, size_t bytes, \
     TF_Status*))                                                                           \
  X(TF_Tensor*, AllocateTemp,                                                               \
    (TF_OpKernelContext*, int type, const int64_t* dims, int rank, TF_AllocatorAttributes*, \
     TF_Status*))                                                                           \
  X(void, DeleteTensor, (TF_Tensor*))                                                       \
  X(int, TensorType, (const TF_Tensor*))                                                    \
  X(int, NumDims, (const TF_Tensor*))                                                       \
  X(int64_t, Dim, (const TF_Tensor*, int index))                                            \
  X(void*, TensorData, (const TF_Tensor*))

#define QUTLASS_LIBRARY_FUNCTIONS(X)                                     \
  X(const char*, Version, (void))                                        \
  X(TF_Buffer*, GetRegisteredKernelsForOp, (const char* op, TF_Status*)) \
  X(void, DeleteBuffer, (TF_Buffer*))

struct CApi {
#define QUTLASS_DECLARE(result, name, parameters) result(*name) parameters;
  QUTLASS_FRAMEWORK_FUNCTIONS(QUTLASS_DECLARE)
  QUTLASS_LIBRARY_FUNCTIONS(QUTLASS_DECLARE)
#undef QUTLASS_DECLARE

  // OpKernelContext::eigen_device<Eigen::GpuDevice>(), the way to TensorFlow's stream; may be null.
  const void* (*eigen_gpu_device)(const TF_OpKernelContext*);

  std::string framework_path;
  std::string library_path;
};

// Why the C API could not be bound: what was looked for, and what the loader said.
struct BindAttempt {
  std::string name;
  std::string reason;
};

// Binds the C API, once a process. Returns null, with the attempts filled in, where no
// libtensorflow is loaded (tfjs-node has to be loaded first) or where it lacks a function.
const CApi* bind_c_api(std::vector<BindAttempt>* attempts);

// The bound C API; only for code that runs after bind_c_api() succeeded.
const CApi& c_api();

}  // namespace qutlass::tensorflow
