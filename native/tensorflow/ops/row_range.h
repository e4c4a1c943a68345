// The rows of a packed matrix that an op reads: attributes first_row and row_count.
//
// They stand for a slice of the matrix, which TensorFlow itself would make of int32 on the host,
// out of device memory and back.
#pragma once

#include <string>

#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

class RowRange {
 public:
  static constexpr char kFirstAttribute[] = "first_row: int = 0";
  static constexpr char kCountAttribute[] = "row_count: int = -1";

  explicit RowRange(const Attributes& attributes)
      : first_(attributes.integer("first_row")), count_(attributes.integer("row_count")) {}

  int64_t first() const { return first_; }

  // The shape that those rows of `packed` have, `k` elements each. Throws where it lacks them.
  Shape shape(const Tensor& packed, int64_t k) const {
    if (first_ == 0 && count_ == kAllRows) return with_last(packed.shape(), k);
    packed.expect_rank(2);
    const int64_t rows = packed.shape()[0];
    if (first_ < 0 || count_ < 0 || first_ > rows || count_ > rows - first_) {
      throw OpError("first_row is " + std::to_string(first_) + " and row_count " +
                    std::to_string(count_) + ", but " + packed.name() + " has " +
                    std::to_string(rows) + " rows");
    }
    return {count_, k};
  }

 private:
  static constexpr int64_t kAllRows = -1;

  int64_t first_;
  int64_t count_;
};

}  // namespace qutlass::tensorflow
