// What ops that quantize activations share: the scale method and the rotation of rows.
#pragma once

#include <optional>
#include <string>

#include "tensorflow/op_registration.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

// The sizes that hadamard knows.
inline void expect_hadamard_size(const char* name, int64_t size) {
  const bool is_power = size > 0 && (size & (size - 1)) == 0;
  if (!is_power || size < 16 || size > 1024) {
    throw OpError(std::string(name) + " is " + std::to_string(size) +
                  ", expected 16, 32, 64, 128, 256, 512 or 1024");
  }
}

inline void expect_whole_blocks(const Tensor& x, int64_t block_size) {
  if (x.columns() % block_size != 0) {
    throw OpError(std::string(x.name()) + " has shape " + to_string(x.shape()) +
                  ", expected a last dimension that is a multiple of " +
                  std::to_string(block_size) + ", the size of the rotation");
  }
}

// The size of a rotation that is a matrix; x is what it rotates.
inline int64_t expect_rotation_of(const Tensor& x, const Tensor& matrix) {
  matrix.expect_rank(2);
  const int64_t size = matrix.shape()[0];
  matrix.expect_shape({size, size}, "a square matrix");
  if (size == 0) throw OpError(std::string(matrix.name()) + " has shape [0,0], expected a size");
  expect_whole_blocks(x, size);
  return size;
}

class RowQuantizer {
 public:
  static constexpr char kQuestAttribute[] = "quest: bool = false";
  static constexpr char kHadamardAttribute[] = "hadamard: int = 0";
  // The last of an op's optional inputs.
  static OptionalInput matrix_input() { return {"Matrix", "matrix: float"}; }

  RowQuantizer(const Attributes& attributes, bool has_matrix)
      : method_(attributes.boolean("quest") ? ScaleMethod::kQuest : ScaleMethod::kAbsMax),
        hadamard_(attributes.integer("hadamard")),
        has_matrix_(has_matrix) {
    if (hadamard_ == 0) return;
    if (has_matrix_) throw OpError("rotation has both a matrix and a hadamard size, expected one");
    expect_hadamard_size("hadamard", hadamard_);
  }

  ScaleMethod method() const { return method_; }

  // The matrix, where there is one, is input `index`.
  std::optional<Tensor> matrix(const OpContext& context, int index) const {
    return context.optional_input(has_matrix_, index, "matrix");
  }

  // The rotation of the rows of x; `matrix` must outlive it.
  Rotation rotation(const Tensor& x, const std::optional<Tensor>& matrix) const {
    if (matrix) return {expect_rotation_of(x, *matrix), matrix->data<float>()};
    if (hadamard_ > 0) expect_whole_blocks(x, hadamard_);
    return {hadamard_, nullptr};
  }

 private:
  ScaleMethod method_;
  int64_t hadamard_;
  bool has_matrix_;
};

// The scale method is one of symmetric rows.
inline void expect_method_of(bool symmetric, ScaleMethod method) {
  if (symmetric || method == ScaleMethod::kAbsMax) return;
  throw OpError("method is 'quest' of rows that are not symmetric, expected 'abs_max'");
}

}  // namespace qutlass::tensorflow
