// The operands of a product of float rows with int4 weights in groups.
#pragma once

#include <optional>

#include "tensorflow/op_registration.h"
#include "tensorflow/ops/operands.h"
#include "tensorflow/ops/prepacked_formats.h"

namespace qutlass::tensorflow {

// What an op's definition says of them.
class Int4Weights {
 public:
  static constexpr char kGroupSizeAttribute[] = "group_size: int = 0";
  // The first of an op's optional inputs, in this order.
  static OptionalInput zeros_input() { return {"Zeros", "zeros: int32"}; }
  static OptionalInput bias_input() { return {"Bias", "bias: float"}; }

  explicit Int4Weights(const Attributes& attributes)
      : group_size_(attributes.integer("group_size")),
        has_zeros_(attributes.has_optional_input(0)),
        has_bias_(attributes.has_optional_input(1)) {}

  bool has_zeros() const { return has_zeros_; }
  bool has_bias() const { return has_bias_; }

  // As the attribute says; without it the `groups` of a row are even.
  int64_t group_size(int64_t k, int64_t groups) const {
    if (group_size_ != kEvenGroups) return group_size_;
    return groups > 0 ? k / groups : 0;
  }

 private:
  static constexpr int64_t kEvenGroups = 0;

  int64_t group_size_;
  bool has_zeros_;
  bool has_bias_;
};

// The operands themselves, checked, for as long as the product is computed: w, scales and zeros as
// quantizeWeightInt4 makes them, or all of them prepacked.
template <bool kArePrepacked>
class Int4Operands {
 public:
  Int4Operands(const OpContext& context, const Int4Weights& weights)
      : x_(context.input(0, "x")),
        w_(context.input(1, "w")),
        scales_(context.input(2, "scales")),
        zeros_(context.optional_input(weights.has_zeros(), 3, "zeros")),
        bias_(context.optional_input(weights.has_bias(), weights.has_zeros() ? 4 : 3, "bias")) {
    x_.expect_rank_at_least(2);
    if constexpr (kArePrepacked) {
      take_prepacked_shapes(weights);
    } else {
      take_shapes(weights);
    }
  }

  const Tensor& x() const { return x_; }
  int64_t group_size() const { return group_size_; }
  Shape product_shape() const { return with_last(x_.shape(), n_); }

  // The arguments as far as these are they; all else is 0. They point into this.
  template <typename Args>
  Args arguments() const {
    Args args = {};
    args.x = x_.data<float>();
    args.w = w_.data<int32_t>();
    args.scales = scales_.data<float>();
    args.zeros = zeros();
    args.is_prepacked = kArePrepacked;
    args.bias = optional_data<float>(bias_, {n_}, "one value a row of w");
    args.m = x_.rows();
    args.n = n_;
    args.k = k();
    args.group_size = group_size_;
    return args;
  }

 private:
  int64_t k() const { return x_.columns(); }
  Shape groups() const { return {n_, group_count(k(), group_size_)}; }

  void take_shapes(const Int4Weights& weights) {
    w_.expect_rank(2);
    scales_.expect_rank(2);
    n_ = w_.shape()[0];
    group_size_ = weights.group_size(k(), scales_.columns());
    expect_group_size(group_size_, k());
    expect_packed(w_, int4_words(k()), k());
    scales_.expect_shape(groups(), k_and_group(k(), group_size_));
  }

  void take_prepacked_shapes(const Int4Weights& weights) {
    const cpu::PrepackedShape w = prepacked_shape<PrepackedInt4>(w_);
    const cpu::PrepackedShape scales = prepacked_shape<PrepackedInt4Scales>(scales_);
    n_ = w.n;
    group_size_ = weights.group_size(k(), scales.words);
    expect_group_size(group_size_, k());
    expect_prepacked(w_, w, {n_, int4_words(k())});
    expect_prepacked(scales_, scales, groups());
    if (zeros_) expect_prepacked(*zeros_, prepacked_shape<PrepackedInt4>(*zeros_), groups());
  }

  void expect_prepacked(const Tensor& tensor, const cpu::PrepackedShape& shape,
                        const Shape& expected) const {
    if (Shape{shape.n, shape.words} == expected) return;
    throw OpError(std::string(tensor.name()) + " was prepacked with shape " +
                  to_string({shape.n, shape.words}) + ", expected " + to_string(expected) +
                  ", for " + k_and_group(k(), group_size_));
  }

  const int32_t* zeros() const {
    if (kArePrepacked) return zeros_ ? zeros_->data<int32_t>() : nullptr;
    return optional_data<int32_t>(zeros_, groups(), "one zero point a scale");
  }

  Tensor x_, w_, scales_;
  std::optional<Tensor> zeros_, bias_;
  int64_t n_ = 0, group_size_ = 0;
};

}  // namespace qutlass::tensorflow
