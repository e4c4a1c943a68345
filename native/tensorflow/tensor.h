// A tensor as an op sees it: its name in errors, its shape, its elements.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tensorflow/c_api.h"

namespace qutlass::tensorflow {

using Shape = std::vector<int64_t>;

std::string to_string(const Shape& shape);
int64_t element_count(const Shape& shape);
size_t bytes_of(DataType type);

// Kernels count and index in int32 wherever that is faster. Throws OpError.
void expect_indexable(const char* name, const Shape& shape);

// What keeps a tensor's elements, and how it is let go of; nothing where somebody else does.
using TensorOwner = std::unique_ptr<void, void (*)(void*)>;

// Its elements are there until this goes out of scope.
class Tensor {
 public:
  // Takes over a tensor of TensorFlow's.
  Tensor(const char* name, TF_Tensor* tensor);
  Tensor(const char* name, DataType type, Shape shape, void* data, TensorOwner owner);

  const char* name() const { return name_; }
  DataType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  // The last dimension, and the product of all others.
  int64_t columns() const { return shape_.back(); }
  int64_t rows() const;

  template <typename T>
  T* data() const {
    return static_cast<T*>(data_);
  }

  // The same elements, which this has to outlive.
  Tensor view(const char* name) const;

  void expect_rank(int64_t rank) const;
  void expect_rank_at_least(int64_t rank) const;
  void expect_shape(const Shape& expected, const std::string& because) const;

 private:
  const char* name_;
  DataType type_;
  Shape shape_;
  void* data_;
  TensorOwner owner_;
};

// One with memory of its own, at a cache line.
Tensor allocate_tensor(const char* name, DataType type, const Shape& shape);

// For elements that somebody else keeps.
inline TensorOwner no_owner() {
  return {nullptr, [](void*) {}};
}

}  // namespace qutlass::tensorflow
