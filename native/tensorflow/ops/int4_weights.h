// The operands of a product of float rows with int4 weights in groups.
#pragma once

#include <optional>

#include "tensorflow/op_registration.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

// What an op's definition says of them.
class Int4Weights {
 public:
  static constexpr char kGroupSizeAttribute[] = "group_size: int = -1";
  // The first of an op's optional inputs, in this order.
  static OptionalInput zeros_input() { return {"Zeros", "zeros: int32"}; }
  static OptionalInput bias_input() { return {"Bias", "bias: float"}; }

  explicit Int4Weights(const Attributes& attributes)
      : group_size_(attributes.integer("group_size")),
        has_zeros_(attributes.has_optional_input(0)),
        has_bias_(attributes.has_optional_input(1)) {}

  bool has_zeros() const { return has_zeros_; }
  bool has_bias() const { return has_bias_; }

  // As the attribute says; without it the groups are even.
  int64_t group_size(int64_t k, const Tensor& scales) const {
    if (group_size_ != kEvenGroups) return group_size_;
    scales.expect_rank(2);
    return scales.columns() > 0 ? k / scales.columns() : 0;
  }

 private:
  static constexpr int64_t kEvenGroups = -1;

  int64_t group_size_;
  bool has_zeros_;
  bool has_bias_;
};

// The operands themselves, checked, for as long as the product is computed.
class Int4Operands {
 public:
  Int4Operands(const OpContext& context, const Int4Weights& weights)
      : x_(context.input(0, "x")),
        w_(context.input(1, "w")),
        scales_(context.input(2, "scales")),
        zeros_(context.optional_input(weights.has_zeros(), 3, "zeros")),
        bias_(context.optional_input(weights.has_bias(), weights.has_zeros() ? 4 : 3, "bias")) {
    x_.expect_rank_at_least(2);
    w_.expect_rank(2);
    group_size_ = weights.group_size(k(), scales_);
    expect_group_size(group_size_, k());
    expect_packed(w_, int4_words(k()), k());
    scales_.expect_shape(groups(), k_and_group(k(), group_size_));
  }

  const Tensor& x() const { return x_; }
  int64_t group_size() const { return group_size_; }
  Shape product_shape() const { return with_last(x_.shape(), n()); }

  // The arguments as far as these are they; all else is 0. They point into this.
  template <typename Args>
  Args arguments() const {
    Args args = {};
    args.x = x_.data<float>();
    args.w = w_.data<int32_t>();
    args.scales = scales_.data<float>();
    args.zeros = optional_data<int32_t>(zeros_, groups(), "one zero point a scale");
    args.bias = optional_data<float>(bias_, {n()}, "one value a row of w");
    args.m = x_.rows();
    args.n = n();
    args.k = k();
    args.group_size = group_size_;
    return args;
  }

 private:
  int64_t k() const { return x_.columns(); }
  int64_t n() const { return w_.shape()[0]; }
  Shape groups() const { return {n(), group_count(k(), group_size_)}; }

  Tensor x_, w_, scales_;
  std::optional<Tensor> zeros_, bias_;
  int64_t group_size_ = 0;
};

}  // namespace qutlass::tensorflow
