// The operands of a product of two packed matrices, for as long as it is computed.
#pragma once

#include <optional>

#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

class PackedOperands {
 public:
  // Of the inputs from the first on; the bias, where there is one, is input `bias_index`.
  PackedOperands(const OpContext& context, bool has_bias, int bias_index)
      : a_(context.input(0, "a")),
        b_(context.input(1, "b")),
        sa_(context.input(2, "sa")),
        sb_(context.input(3, "sb")),
        bias_(context.optional_input(has_bias, bias_index, "bias")) {
    a_.expect_rank_at_least(2);
    b_.expect_rank(2);
  }

  // Rows as long as each other, of words_of(most_k) words at most, so that no int32 sum overflows.
  void expect_words(int64_t (*words_of)(int64_t), int64_t most_k) const {
    const int64_t a_words = a_.columns(), b_words = b_.columns(), most_words = words_of(most_k);
    if (a_words != b_words) {
      throw OpError("a has " + std::to_string(a_words) + " words a row and b " +
                    std::to_string(b_words) + ", expected the same: both pack K elements");
    }
    if (a_words > most_words) {
      throw OpError("a has " + std::to_string(a_words) + " words a row, expected at most " +
                    std::to_string(most_words) + ": " + k_is(most_k) +
                    " is the most that sums exactly in int32");
    }
  }

  // What there is one of a row of a.
  Shape rows() const { return without_last(a_.shape()); }
  Shape product_shape() const { return with_last(a_.shape(), n()); }

  // The arguments as far as these are they; all else is 0.
  template <typename Args>
  Args arguments() const {
    Args args = {};
    args.a = a_.data<int32_t>();
    args.b = b_.data<int32_t>();
    args.sa = sa_.data<float>();
    args.sb = sb_.data<float>();
    args.sa_is_scalar = is_one_for_all(sa_, rows(), "a row of a");
    args.sb_is_scalar = is_one_for_all(sb_, {n()}, "a row of b");
    args.bias = optional_data<float>(bias_, {n()}, "one value a row of b");
    args.m = a_.rows();
    args.n = n();
    args.words = a_.columns();
    return args;
  }

 private:
  int64_t n() const { return b_.shape()[0]; }

  Tensor a_, b_, sa_, sb_;
  std::optional<Tensor> bias_;
};

}  // namespace qutlass::tensorflow
