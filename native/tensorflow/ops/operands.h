// Shapes and checks that several ops share.
#pragma once

#include <string>

#include "qutlass/layout.h"
#include "tensorflow/op_context.h"

namespace qutlass::tensorflow {

inline Shape with_last(Shape shape, int64_t last) {
  shape.back() = last;
  return shape;
}

inline Shape without_last(Shape shape) {
  shape.pop_back();
  return shape;
}

inline std::string k_is(int64_t k) { return "K=" + std::to_string(k); }

// Rows of packed words that must hold `k` elements each.
inline void expect_packed(const Tensor& packed, int64_t words, int64_t k) {
  packed.expect_rank_at_least(1);
  packed.expect_shape(with_last(packed.shape(), words), k_is(k));
}

// The length of rows whose products sum exactly in int32 is limited.
inline void expect_summable(int64_t k, int64_t most) {
  if (k > most) {
    throw OpError(k_is(k) + ", expected at most " + std::to_string(most) +
                  ": the most that sums exactly in int32");
  }
}

inline void expect_non_negative(const char* name, int64_t value) {
  if (value < 0 || value > INT32_MAX) {
    throw OpError(std::string(name) + " is " + std::to_string(value) + ", expected 0..2147483647");
  }
}

// A group is the whole of k or a multiple of 8 elements of it.
inline void expect_group_size(int64_t group_size, int64_t k) {
  const bool whole = group_size == k && k > 0;
  if (!whole && (group_size <= 0 || group_size % kInt4PerWord != 0)) {
    throw OpError("group_size is " + std::to_string(group_size) + ", expected " + k_is(k) +
                  " or a positive multiple of 8");
  }
}

inline std::string k_and_group(int64_t k, int64_t group_size) {
  return k_is(k) + ", group size " + std::to_string(group_size);
}

// A scale may be one value for all rows, or one a row.
inline bool is_one_for_all(const Tensor& scale, const Shape& per_row, const char* what) {
  if (scale.rank() == 0) return true;
  scale.expect_shape(per_row, std::string("one scale ") + what + ", or a scalar");
  return false;
}

// The data of an input that may be absent, or null.
template <typename T>
const T* optional_data(const std::optional<Tensor>& tensor, const Shape& expected,
                       const char* because) {
  if (!tensor) return nullptr;
  tensor->expect_shape(expected, because);
  return tensor->data<T>();
}

}  // namespace qutlass::tensorflow
