// What an op of ours sees of TensorFlow while it is created and while it computes: attributes,
// input and output tensors, scratch memory, the device. Errors are thrown as OpError and become
// TensorFlow errors, thus JavaScript exceptions, at the boundary (op_registration.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cuda/launch.h"
#include "qutlass/numerics.h"
#include "tensorflow/c_api.h"
#include "tensorflow/status.h"

namespace qutlass::tensorflow {

enum class Device { kCpu, kGpu };

using Shape = std::vector<int64_t>;

std::string to_string(const Shape& shape);

// The attributes of a node, while its kernel is created.
class Attributes {
 public:
  // Bit i of `present` says that the op's optional input i is there.
  Attributes(TF_OpKernelConstruction* construction, unsigned present)
      : construction_(construction), present_(present) {}
  int64_t integer(const char* name) const;
  bool boolean(const char* name) const;
  bool has_optional_input(int index) const { return (present_ >> index & 1) != 0; }
  Activation activation() const;

 private:
  TF_OpKernelConstruction* construction_;
  unsigned present_;
};

// A tensor of TensorFlow's, held until this goes out of scope.
class Tensor {
 public:
  Tensor(const char* name, TF_Tensor* tensor);

  const char* name() const { return name_; }
  DataType type() const { return static_cast<DataType>(c_api().TensorType(handle())); }
  const Shape& shape() const { return shape_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  // The last dimension, and the product of all others.
  int64_t columns() const { return shape_.back(); }
  int64_t rows() const;

  template <typename T>
  T* data() const {
    return static_cast<T*>(raw_data());
  }
  const TF_Tensor* handle() const { return tensor_.get(); }

  void expect_rank(int64_t rank) const;
  void expect_rank_at_least(int64_t rank) const;
  void expect_shape(const Shape& expected, const std::string& because) const;

 private:
  void* raw_data() const;

  struct Deleter {
    void operator()(TF_Tensor* tensor) const { c_api().DeleteTensor(tensor); }
  };
  const char* name_;
  std::unique_ptr<TF_Tensor, Deleter> tensor_;
  Shape shape_;
};

// The two kernels of an op over the same arguments; `cuda` is null in a build without CUDA.
template <typename Args>
struct Kernels {
  const char* (*cpu)(const Args&);
  const char* (*cuda)(const Args&, cuda::Stream);
};

// The same for kernels that need scratch memory.
template <typename Args>
struct WorkspaceKernels {
  const char* (*cpu)(const Args&, void* workspace);
  size_t (*cpu_workspace_bytes)(const Args&);
  const char* (*cuda)(const Args&, void* workspace, cuda::Stream);
  size_t (*cuda_workspace_bytes)(const Args&);
};

#ifdef QUTLASS_CUDA
#define QUTLASS_CUDA_KERNEL(function) function
#else
#define QUTLASS_CUDA_KERNEL(function) nullptr
#endif

// One call of an op's kernel.
class OpContext {
 public:
  // `status` serves all calls of TensorFlow's that are made through this.
  OpContext(TF_OpKernelContext* context, Device device, const Status& status)
      : context_(context), device_(device), status_(status) {}

  // Input `index`; `name` is what errors call it.
  Tensor input(int index, const char* name) const;
  // The same where it is_present, else nothing.
  std::optional<Tensor> optional_input(bool is_present, int index, const char* name) const;
  Tensor output(int index, const char* name, DataType type, const Shape& shape) const;
  // Makes an output of an input, without a copy.
  void forward(const Tensor& input, int output_index) const;

  template <typename Args>
  void run(const Kernels<Args>& kernels, const Args& args) const {
    if (device_ == Device::kCpu) return expect_success(kernels.cpu(args));
    on_stream([&](cuda::Stream stream) { return kernels.cuda(args, stream); });
  }

  template <typename Args>
  void run(const WorkspaceKernels<Args>& kernels, const Args& args) const {
    if (device_ == Device::kCpu) return run_on_cpu(kernels, args);
    const std::optional<Tensor> scratch = temporary(kernels.cuda_workspace_bytes(args));
    void* workspace = scratch ? scratch->data<void>() : nullptr;
    on_stream([&](cuda::Stream stream) { return kernels.cuda(args, workspace, stream); });
  }

 private:
  // What a few rows need is on the stack: asking TensorFlow for it takes part of a microsecond.
  static constexpr size_t kMostBytesOnStack = 32 * 1024;

  template <typename Args>
  void run_on_cpu(const WorkspaceKernels<Args>& kernels, const Args& args) const {
    const size_t bytes = kernels.cpu_workspace_bytes(args);
    if (bytes <= kMostBytesOnStack) {
      alignas(64) char workspace[kMostBytesOnStack];
      return expect_success(kernels.cpu(args, workspace));
    }
    expect_success(kernels.cpu(args, temporary(bytes)->data<void>()));
  }

  // Nothing where none are wanted.
  std::optional<Tensor> temporary(size_t bytes) const;
  // Launches in the order of TensorFlow's own work; see stream.h.
  void on_stream(const std::function<const char*(cuda::Stream)>& launch) const;
  void expect_success(const char* reason) const;

  TF_OpKernelContext* context_;
  Device device_;
  const Status& status_;
};

}  // namespace qutlass::tensorflow
