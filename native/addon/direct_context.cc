#include "addon/direct_context.h"

#include <string>
#include <utility>

#include "tensorflow/status.h"

namespace qutlass::addon {

using tensorflow::DataType;
using tensorflow::Shape;
using tensorflow::Tensor;

DirectContext::DirectContext(Napi::Env env, Tensor x, const std::vector<Tensor>& others)
    : OpContext(tensorflow::Device::kCpu), env_(env), x_(std::move(x)), others_(others) {}

Tensor DirectContext::input(int index, const char* name) const {
  if (index == 0) return x_.view(name);
  const auto other = static_cast<size_t>(index) - 1;
  if (other >= others_.size()) throw tensorflow::OpError(std::string(name) + " is missing");
  return others_[other].view(name);
}

Tensor DirectContext::output(int, const char* name, DataType type, const Shape& shape) const {
  tensorflow::expect_indexable(name, shape);
  const auto count = static_cast<size_t>(tensorflow::element_count(shape));
  result_ = Napi::Float32Array::New(env_, count);
  return {name, type, shape, result_.Data(), tensorflow::no_owner()};
}

Tensor DirectContext::temporary(size_t bytes) const {
  return tensorflow::allocate_tensor("workspace", tensorflow::kUint8,
                                     {static_cast<int64_t>(bytes)});
}

}  // namespace qutlass::addon
