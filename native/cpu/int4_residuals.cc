#include "cpu/int4_residuals.h"

#include <algorithm>
#include <cmath>

namespace qutlass::cpu {
namespace {

// Residuals need not count in a result where they change it by at most so many times its magnitude:
// 7/8 of the bf16 ulp that the contract grants beyond rounding, for |result| * 2^-8 is at most an
// ulp.
constexpr float kUlps = 0.875f * 0x1p-8f;

// What the residuals of a row add to its product with a weight row.
float residual_product(const Int4Product& product, int64_t n, const Residuals& residuals) {
  const int64_t group_size = product.args.group_size;
  int64_t group = 0;
  float sum = 0.0f;
  const Residual *r = residuals.first, *end = r + residuals.count;
  for (int64_t group_end = group_size; r < end; ++group, group_end += group_size) {
    const int32_t zero = product.zero(n, group);
    float of_group = 0.0f;
    for (; r < end && r->k < group_end; ++r) {
      const uint32_t word = product.word(n, r->k / kInt4PerWord);
      of_group += r->value * static_cast<float>(int4_of(word, r->k % kInt4PerWord) - zero);
    }
    sum += of_group * product.scale(n, group);
  }
  return sum;
}

// In which columns of a row residuals count. The terms' magnitudes are at least those of the
// blocks' sums, less those of the residuals' part.
bool counts(const ResidualTest& test, int64_t column) {
  const float granted = test.ulps * std::fabs(test.sums[column] + test.biases[column]) +
                        test.roundings * test.magnitudes[column];
  // So where anything is not finite.
  return !(test.most * test.largest_scales[column] <= granted);
}

bool any_counts(const ResidualTest& test) {
  bool any = false;
  for (int64_t column = 0; column < kInt4BlockColumns; ++column) any |= counts(test, column);
  return any;
}

// The columns of a block of y.
class Columns {
 public:
  Columns(const Int4Product& product, int64_t first, int64_t count)
      : product_(product), first_(first), count_(count) {
    take_biases();
    take_largest_scales();
  }

  // That of a row whose residuals change a product by at most `most` times a scale.
  ResidualTest test(float most, float roundings, const float* sums, const float* magnitudes) const {
    return {sums, magnitudes, biases_, largest_, most, kUlps, roundings};
  }

  // Whether residuals count anywhere. Mostly they do not, not even if all columns had the largest
  // scale of the block; that of each is known where weights are prepacked.
  bool any_counts(const ResidualTest& row) {
    if (!find_any(row)) return false;
    if (knows_each_largest_) return true;
    for (int64_t j = 0; j < count_; ++j) largest_memory_[j] = largest_scale(first_ + j, 1);
    knows_each_largest_ = true;
    return find_any(row);
  }

 private:
  void take_biases() {
    static constexpr float kNone[kInt4BlockColumns] = {};
    const float* bias = product_.args.bias;
    biases_ = bias ? bias + first_ : kNone;
    if (!bias || count_ == kInt4BlockColumns) return;
    std::fill(std::copy_n(biases_, count_, bias_memory_), bias_memory_ + kInt4BlockColumns, 0.0f);
    biases_ = bias_memory_;
  }

  void take_largest_scales() {
    if (knows_each_largest_) {
      largest_ = product_.args.scales + product_.kept->scales.place_of_largest(first_);
    } else {
      std::fill_n(largest_memory_, kInt4BlockColumns, largest_scale(first_, count_));
    }
  }

  float largest_scale(int64_t first, int64_t count) const {
    const int64_t groups = product_.groups;
    return product_.isa.largest_magnitude(product_.args.scales + first * groups, count * groups);
  }

  bool find_any(const ResidualTest& row) const {
    const auto find = product_.isa.any_residual_counts;
    return find ? find(row, kInt4BlockColumns) : cpu::any_counts(row);
  }

  const Int4Product& product_;
  const int64_t first_, count_;
  bool knows_each_largest_ = product_.kept.has_value();
  const float* biases_;
  const float* largest_ = largest_memory_;
  float bias_memory_[kInt4BlockColumns];
  float largest_memory_[kInt4BlockColumns];
};

}  // namespace

void add_residuals(const Int4Product& product, const BlockFloatRows& x,
                   const Int4BlockSums& block) {
  const float roundings = x.spare_roundings();
  // |q - zero| is at most 15, or 8 where zero is 8. Then what `roundings` grants too much (counts).
  const float most_of_scale = (1.0f + roundings) * (product.args.zeros ? 15.0f : 8.0f);
  Columns columns(product, block.first_column, block.columns);
  for (int64_t i = 0; i < block.rows; ++i) {
    const Residuals residuals = x.residuals(block.first_row + i);
    if (residuals.count == 0) continue;
    const ResidualTest test = columns.test(most_of_scale * residuals.magnitude, roundings,
                                           block.sums[i], block.magnitudes[i]);
    if (!columns.any_counts(test)) continue;
    for (int64_t j = 0; j < block.columns; ++j) {
      if (!counts(test, j)) continue;
      block.sums[i][j] += residual_product(product, block.first_column + j, residuals);
    }
  }
}

}  // namespace qutlass::cpu
