#include "tensorflow/op_context.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "tensorflow/stream.h"

namespace qutlass::tensorflow {
namespace {

size_t bytes_of(DataType type) { return type == kUint8 ? 1 : 4; }

// Kernels count and index in int32 wherever that is faster.
void expect_indexable(const char* name, const Shape& shape) {
  int64_t size = 1;
  for (const int64_t dim : shape) {
    const bool overflows = __builtin_mul_overflow(size, std::max<int64_t>(dim, 1), &size);
    if (overflows || size > std::numeric_limits<int32_t>::max()) {
      throw OpError(std::string(name) + " of shape " + to_string(shape) +
                    " is too large: sizes must fit int32");
    }
  }
}

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  return count;
}

Shape shape_of(const TF_Tensor* tensor) {
  Shape shape(static_cast<size_t>(c_api().NumDims(tensor)));
  for (size_t i = 0; i < shape.size(); ++i) shape[i] = c_api().Dim(tensor, static_cast<int>(i));
  return shape;
}

}  // namespace

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

int64_t Attributes::integer(const char* name) const {
  const Status status;
  int64_t value = 0;
  c_api().OpKernelConstruction_GetAttrInt64(construction_, name, &value, status.get());
  status.expect_ok();
  return value;
}

bool Attributes::boolean(const char* name) const {
  const Status status;
  unsigned char value = 0;
  c_api().OpKernelConstruction_GetAttrBool(construction_, name, &value, status.get());
  status.expect_ok();
  return value != 0;
}

Activation Attributes::activation() const {
  const Status status;
  char value[16] = {};  // longer than any value that the op definition allows; zero-terminated
  c_api().OpKernelConstruction_GetAttrString(construction_, "activation", value, sizeof value - 1,
                                             status.get());
  status.expect_ok();
  const std::string name = value;
  if (name == "linear") return Activation::kLinear;
  if (name == "relu") return Activation::kRelu;
  if (name == "relu6") return Activation::kRelu6;
  throw OpError("activation is '" + name + "', expected 'linear', 'relu' or 'relu6'");
}

Tensor::Tensor(const char* name, TF_Tensor* tensor)
    : name_(name), tensor_(tensor), shape_(shape_of(tensor)) {}

int64_t Tensor::rows() const { return element_count(Shape(shape_.begin(), shape_.end() - 1)); }

void* Tensor::raw_data() const { return c_api().TensorData(tensor_.get()); }

void Tensor::expect_rank(int64_t expected) const {
  if (rank() != expected) {
    throw OpError(std::string(name_) + " has shape " + to_string(shape_) + ", expected rank " +
                  std::to_string(expected));
  }
}

void Tensor::expect_rank_at_least(int64_t least) const {
  if (rank() < least) {
    throw OpError(std::string(name_) + " has shape " + to_string(shape_) +
                  ", expected rank at least " + std::to_string(least));
  }
}

void Tensor::expect_shape(const Shape& expected, const std::string& because) const {
  if (shape_ != expected) {
    throw OpError(std::string(name_) + " has shape " + to_string(shape_) + ", expected " +
                  to_string(expected) + " (" + because + ")");
  }
}

Tensor OpContext::input(int index, const char* name) const {
  TF_Tensor* tensor = nullptr;
  c_api().GetInput(context_, index, &tensor, status_.get());
  status_.expect_ok();
  Tensor input(name, tensor);
  expect_indexable(name, input.shape());
  return input;
}

std::optional<Tensor> OpContext::optional_input(bool is_present, int index,
                                                const char* name) const {
  if (!is_present) return std::nullopt;
  return input(index, name);
}

Tensor OpContext::output(int index, const char* name, DataType type, const Shape& shape) const {
  expect_indexable(name, shape);
  TF_Tensor* tensor = c_api().AllocateOutput(
      context_, index, type, shape.data(), static_cast<int>(shape.size()),
      static_cast<size_t>(element_count(shape)) * bytes_of(type), status_.get());
  status_.expect_ok();
  return Tensor(name, tensor);
}

void OpContext::forward(const Tensor& input, int output_index) const {
  c_api().SetOutput(context_, output_index, input.handle(), status_.get());
  status_.expect_ok();
}

std::optional<Tensor> OpContext::temporary(size_t bytes) const {
  if (bytes == 0) return std::nullopt;
  const int64_t dims[] = {static_cast<int64_t>(bytes)};
  TF_AllocatorAttributes attributes = {sizeof(TF_AllocatorAttributes), 0};
  TF_Tensor* tensor = c_api().AllocateTemp(context_, kUint8, dims, 1, &attributes, status_.get());
  status_.expect_ok();
  return Tensor("workspace", tensor);
}

void OpContext::on_stream(const std::function<const char*(cuda::Stream)>& launch) const {
  const OrderedStream stream(context_);
  expect_success(launch(stream.get()));
}

// A CPU kernel refuses values or settings; a CUDA launch fails for what is not the caller's doing.
void OpContext::expect_success(const char* reason) const {
  if (reason != nullptr)
    throw OpError(reason, device_ == Device::kCpu ? kInvalidArgument : kInternal);
}

}  // namespace qutlass::tensorflow
