#include "tensorflow/tensor.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <utility>

#include "tensorflow/status.h"

namespace qutlass::tensorflow {
namespace {

Shape shape_of(const TF_Tensor* tensor) {
  Shape shape(static_cast<size_t>(c_api().NumDims(tensor)));
  for (size_t i = 0; i < shape.size(); ++i) shape[i] = c_api().Dim(tensor, static_cast<int>(i));
  return shape;
}

void delete_tensor(void* tensor) { c_api().DeleteTensor(static_cast<TF_Tensor*>(tensor)); }

}  // namespace

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ",";
    text += std::to_string(shape[i]);
  }
  return text + "]";
}

int64_t element_count(const Shape& shape) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  return count;
}

size_t bytes_of(DataType type) { return type == kUint8 ? 1 : 4; }

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

Tensor::Tensor(const char* name, TF_Tensor* tensor)
    : Tensor(name, static_cast<DataType>(c_api().TensorType(tensor)), shape_of(tensor),
             c_api().TensorData(tensor), {tensor, delete_tensor}) {}

Tensor::Tensor(const char* name, DataType type, Shape shape, void* data, TensorOwner owner)
    : name_(name), type_(type), shape_(std::move(shape)), data_(data), owner_(std::move(owner)) {}

int64_t Tensor::rows() const {
  int64_t count = 1;
  for (size_t axis = 0; axis + 1 < shape_.size(); ++axis) count *= shape_[axis];
  return count;
}

Tensor Tensor::view(const char* name) const { return {name, type_, shape_, data_, no_owner()}; }

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

Tensor allocate_tensor(const char* name, DataType type, const Shape& shape) {
  constexpr size_t kLineBytes = 64;
  const size_t bytes = static_cast<size_t>(element_count(shape)) * bytes_of(type);
  TensorOwner owner(std::aligned_alloc(kLineBytes, (bytes / kLineBytes + 1) * kLineBytes),
                    std::free);
  if (owner == nullptr) throw std::bad_alloc();
  void* data = owner.get();
  return {name, type, shape, data, std::move(owner)};
}

}  // namespace qutlass::tensorflow
