// Failures: OpError, and a TF_Status that deletes itself and turns into one.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "tensorflow/c_api.h"

namespace qutlass::tensorflow {

// `code` is TensorFlow's: a wrong call is kInvalidArgument, anything else kInternal.
class OpError : public std::runtime_error {
 public:
  explicit OpError(const std::string& message, Code code = kInvalidArgument)
      : std::runtime_error(message), code(code) {}
  const Code code;
};

class Status {
 public:
  Status() : status_(c_api().NewStatus(), c_api().DeleteStatus) {}

  TF_Status* get() const { return status_.get(); }
  bool ok() const { return c_api().GetCode(get()) == kOk; }
  std::string message() const { return c_api().Message(get()); }
  void set(Code code, const std::string& message) const {
    c_api().SetStatus(get(), code, message.c_str());
  }
  void expect_ok() const {
    if (!ok()) throw OpError(message(), static_cast<Code>(c_api().GetCode(get())));
  }

 private:
  std::unique_ptr<TF_Status, void (*)(TF_Status*)> status_;
};

}  // namespace qutlass::tensorflow
