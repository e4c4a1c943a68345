// The stream that our kernels are queued on, in order with TensorFlow's own work.
//
// TensorFlow's C API does not give a stock GPU's stream to plugins, so there are three ways, best
// first; QUTLASS_STREAM=tensorflow|event|synchronize forces one:
//   tensorflow   TensorFlow's own stream, read out of its Eigen::GpuDevice. The layout of that
//                object is Eigen's, so this is used only with TensorFlow versions it was tried on.
//   event        a stream of ours; events make it wait for all work queued in the context, and
//                that context's later work wait for it (CUDA 12.5 driver or newer).
//   synchronize  a stream of ours; the host waits before and after.
#pragma once

#include <mutex>
#include <string>

#include "tensorflow/c_api.h"
#include "tensorflow/cuda_driver.h"

namespace qutlass::tensorflow {

enum class StreamMode { kTensorflow, kEvent, kSynchronize };

// The mode in use and why, or why none is chosen yet (before the first op on a GPU).
std::string stream_description();

// A stream of ours for one context.
struct OwnStream;

// Within its lifetime, get() may be launched on. Throws OpError where CUDA fails.
class OrderedStream {
 public:
  explicit OrderedStream(const TF_OpKernelContext* context);
  ~OrderedStream();
  OrderedStream(const OrderedStream&) = delete;
  OrderedStream& operator=(const OrderedStream&) = delete;

  CudaStream get() const { return stream_; }

 private:
  StreamMode mode_;
  CudaStream stream_;
  OwnStream* own_ = nullptr;
  std::unique_lock<std::mutex> own_lock_;
};

}  // namespace qutlass::tensorflow
