#include "tensorflow/op_context.h"

#include "tensorflow/status.h"

namespace qutlass::tensorflow {

// A CPU kernel refuses values or settings; a CUDA launch fails for what is not the caller's doing.
void OpContext::expect_success(const char* reason) const {
  if (reason == nullptr) return;
  throw OpError(reason, device_ == Device::kCpu ? kInvalidArgument : kInternal);
}

}  // namespace qutlass::tensorflow
