// What an op sees of its caller while it computes: input and output tensors, scratch memory, the
// device. Errors are thrown as OpError and become the caller's at the boundary (op_registration.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "cuda/launch.h"
#include "tensorflow/tensor.h"

namespace qutlass::tensorflow {

enum class Device { kCpu, kGpu };

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

// One call of an op.
class OpContext {
 public:
  virtual ~OpContext() = default;

  // Input `index`; `name` is what errors call it.
  virtual Tensor input(int index, const char* name) const = 0;
  // The same where it is_present, else nothing.
  std::optional<Tensor> optional_input(bool is_present, int index, const char* name) const {
    if (!is_present) return std::nullopt;
    return input(index, name);
  }
  virtual Tensor output(int index, const char* name, DataType type, const Shape& shape) const = 0;

  template <typename Args>
  void run(const Kernels<Args>& kernels, const Args& args) const {
    if (device_ == Device::kCpu) return expect_success(kernels.cpu(args));
    launch([&](cuda::Stream stream) { return kernels.cuda(args, stream); });
  }

  template <typename Args>
  void run(const WorkspaceKernels<Args>& kernels, const Args& args) const {
    if (device_ == Device::kCpu) return run_on_cpu(kernels, args);
    const std::optional<Tensor> scratch = workspace(kernels.cuda_workspace_bytes(args));
    void* memory = scratch ? scratch->data<void>() : nullptr;
    launch([&](cuda::Stream stream) { return kernels.cuda(args, memory, stream); });
  }

 protected:
  using Launch = std::function<const char*(cuda::Stream)>;

  explicit OpContext(Device device) : device_(device) {}

  virtual Tensor temporary(size_t bytes) const = 0;
  // Launches in the order of the caller's own work, and returns why that failed, or null.
  virtual const char* on_stream(const Launch& launch) const = 0;

 private:
  // What a few rows need is on the stack: asking TensorFlow for it takes part of a microsecond.
  static constexpr size_t kMostBytesOnStack = 32 * 1024;

  template <typename Args>
  void run_on_cpu(const WorkspaceKernels<Args>& kernels, const Args& args) const {
    const size_t bytes = kernels.cpu_workspace_bytes(args);
    if (bytes <= kMostBytesOnStack) {
      alignas(64) char memory[kMostBytesOnStack];
      return expect_success(kernels.cpu(args, memory));
    }
    expect_success(kernels.cpu(args, temporary(bytes).data<void>()));
  }

  // Nothing where none is wanted.
  std::optional<Tensor> workspace(size_t bytes) const {
    if (bytes == 0) return std::nullopt;
    return temporary(bytes);
  }
  void launch(const Launch& launch) const { expect_success(on_stream(launch)); }
  void expect_success(const char* reason) const;

  Device device_;
};

}  // namespace qutlass::tensorflow
