// A call of an op that JavaScript makes without TensorFlow, on the CPU.
#pragma once

#include <napi.h>

#include <vector>

#include "tensorflow/op_context.h"

namespace qutlass::addon {

// Of an op whose first input is a matrix of floats, whose others are always the same, and whose one
// output is of floats.
class DirectContext final : public tensorflow::OpContext {
 public:
  // All are views; `others` must outlive this.
  DirectContext(Napi::Env env, tensorflow::Tensor x, const std::vector<tensorflow::Tensor>& others);

  tensorflow::Tensor input(int index, const char* name) const override;
  tensorflow::Tensor output(int index, const char* name, tensorflow::DataType type,
                            const tensorflow::Shape& shape) const override;

  // The elements of the output.
  Napi::Float32Array result() const { return result_; }

 private:
  tensorflow::Tensor temporary(size_t bytes) const override;
  const char* on_stream(const Launch&) const override { return "there is no GPU in a direct call"; }

  Napi::Env env_;
  tensorflow::Tensor x_;
  const std::vector<tensorflow::Tensor>& others_;
  mutable Napi::Float32Array result_;  // output() is const, as ops take their context
};

}  // namespace qutlass::addon
