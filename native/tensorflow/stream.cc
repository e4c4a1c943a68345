#include "tensorflow/stream.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>

#include "tensorflow/status.h"

namespace qutlass::tensorflow {

struct OwnStream {
  std::mutex mutex;  // one call at a time records and awaits the events
  CudaContext context = nullptr;
  CudaStream stream = nullptr;
  CudaEvent before = nullptr;
  CudaEvent after = nullptr;
};

namespace {

// TensorFlow releases on whose GPU build the layout that tensorflow_stream() reads was seen.
constexpr const char* kTriedVersions[] = {"2.21."};

constexpr unsigned kStreamNonBlocking = 1;
constexpr unsigned kEventDisableTiming = 2;

void check(int result, const char* what) {
  if (result == 0) return;
  const char* text = nullptr;
  cuda_driver()->error_string(result, &text);
  throw OpError(std::string(what) + " failed: " + (text != nullptr ? text : "unknown CUDA error"),
                kInternal);
}

CudaContext current_context() {
  CudaContext context = nullptr;
  check(cuda_driver()->current_context(&context), "cuCtxGetCurrent");
  return context;
}

// Eigen::GpuDevice begins with a pointer to its StreamInterface, whose virtual table holds two
// destructors and then `const cudaStream_t& stream() const`.
CudaStream tensorflow_stream(const TF_OpKernelContext* context) {
  using StreamFunction = const CudaStream& (*)(const void* self);
  const void* gpu_device = c_api().eigen_gpu_device(context);
  const void* interface = *static_cast<const void* const*>(gpu_device);
  const void* const* virtual_table = *static_cast<const void* const* const*>(interface);
  const auto stream = reinterpret_cast<StreamFunction>(const_cast<void*>(virtual_table[2]));
  return stream(interface);
}

bool is_tried_version() {
  for (const char* version : kTriedVersions) {
    if (std::strncmp(c_api().Version(), version, std::strlen(version)) == 0) return true;
  }
  return false;
}

struct Choice {
  StreamMode mode;
  std::string reason;
};

const char* name_of(StreamMode mode) {
  switch (mode) {
    case StreamMode::kTensorflow:
      return "tensorflow";
    case StreamMode::kEvent:
      return "event";
    case StreamMode::kSynchronize:
      return "synchronize";
  }
  return "";
}

// Why a mode cannot be used here, or "".
std::string obstacle(StreamMode mode, const TF_OpKernelContext* context) {
  if (mode == StreamMode::kTensorflow) {
    if (c_api().eigen_gpu_device == nullptr) return "libtensorflow exports no eigen_gpu_device";
    CudaContext stream_context = nullptr;
    const int result = cuda_driver()->stream_context(tensorflow_stream(context), &stream_context);
    if (result != 0 || stream_context != current_context()) {
      return "the stream found is not of the current context";
    }
  }
  if (mode == StreamMode::kEvent && (cuda_driver()->context_record_event == nullptr ||
                                     cuda_driver()->context_wait_event == nullptr)) {
    return "the driver has no cuCtxRecordEvent (CUDA 12.5)";
  }
  return "";
}

Choice forced_choice(const char* name, const TF_OpKernelContext* context) {
  for (const StreamMode mode :
       {StreamMode::kTensorflow, StreamMode::kEvent, StreamMode::kSynchronize}) {
    if (std::strcmp(name, name_of(mode)) != 0) continue;
    const std::string problem = obstacle(mode, context);
    if (!problem.empty()) throw OpError("QUTLASS_STREAM=" + std::string(name) + ": " + problem);
    return {mode, "QUTLASS_STREAM"};
  }
  throw OpError("QUTLASS_STREAM is '" + std::string(name) +
                "', expected 'tensorflow', 'event' or 'synchronize'");
}

Choice choose(const TF_OpKernelContext* context) {
  const char* forced = std::getenv("QUTLASS_STREAM");
  if (forced != nullptr && forced[0] != 0) return forced_choice(forced, context);
  std::string reason = std::string("tried on TensorFlow ") + c_api().Version();
  std::string problem = is_tried_version()
                            ? obstacle(StreamMode::kTensorflow, context)
                            : std::string("untried on TensorFlow ") + c_api().Version();
  if (problem.empty()) return {StreamMode::kTensorflow, reason};
  reason = "TensorFlow's stream: " + problem;
  problem = obstacle(StreamMode::kEvent, context);
  if (problem.empty()) return {StreamMode::kEvent, reason};
  return {StreamMode::kSynchronize, reason + "; events: " + problem};
}

std::mutex choice_mutex;
std::unique_ptr<const Choice> chosen;

StreamMode stream_mode(const TF_OpKernelContext* context) {
  std::lock_guard<std::mutex> lock(choice_mutex);
  if (chosen == nullptr) chosen = std::make_unique<const Choice>(choose(context));
  return chosen->mode;
}

std::unique_ptr<OwnStream> make_own_stream(CudaContext context) {
  auto own = std::make_unique<OwnStream>();
  own->context = context;
  check(cuda_driver()->stream_create(&own->stream, kStreamNonBlocking), "cuStreamCreate");
  check(cuda_driver()->event_create(&own->before, kEventDisableTiming), "cuEventCreate");
  check(cuda_driver()->event_create(&own->after, kEventDisableTiming), "cuEventCreate");
  return own;
}

// One a context, kept as long as the process: TensorFlow never lets go of its contexts either.
OwnStream* own_stream_of(CudaContext context) {
  static std::mutex mutex;
  static std::map<CudaContext, std::unique_ptr<OwnStream>> streams;
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<OwnStream>& stream = streams[context];
  if (stream == nullptr) stream = make_own_stream(context);
  return stream.get();
}

void wait_for_tensorflow(const OwnStream& own, StreamMode mode) {
  const CudaDriver& driver = *cuda_driver();
  if (mode == StreamMode::kSynchronize) {
    return check(driver.synchronize_context(), "cuCtxSynchronize");
  }
  check(driver.context_record_event(own.context, own.before), "cuCtxRecordEvent");
  check(driver.stream_wait_event(own.stream, own.before, 0), "cuStreamWaitEvent");
}

// No error is thrown here: a kernel's failure also shows in the next call and in the next read.
void make_tensorflow_wait(const OwnStream& own, StreamMode mode) {
  const CudaDriver& driver = *cuda_driver();
  if (mode == StreamMode::kSynchronize) {
    driver.stream_synchronize(own.stream);
    return;
  }
  driver.event_record(own.after, own.stream);
  driver.context_wait_event(own.context, own.after);
}

}  // namespace

std::string stream_description() {
  std::lock_guard<std::mutex> lock(choice_mutex);
  if (chosen == nullptr) return "none yet: no op has run on a GPU";
  return std::string(name_of(chosen->mode)) + " (" + chosen->reason + ")";
}

OrderedStream::OrderedStream(const TF_OpKernelContext* context) {
  if (cuda_driver() == nullptr) throw OpError("libcuda.so.1 cannot be loaded", kInternal);
  mode_ = stream_mode(context);
  if (mode_ == StreamMode::kTensorflow) {
    stream_ = tensorflow_stream(context);
    return;
  }
  own_ = own_stream_of(current_context());
  own_lock_ = std::unique_lock<std::mutex>(own_->mutex);
  stream_ = own_->stream;
  wait_for_tensorflow(*own_, mode_);
}

OrderedStream::~OrderedStream() {
  if (own_ != nullptr) make_tensorflow_wait(*own_, mode_);
}

}  // namespace qutlass::tensorflow
