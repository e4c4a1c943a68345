// The operands of a product whose rows are quantized as they come, for as long as it is computed.
#pragma once

#include <optional>

#include "tensorflow/ops/prepacked_formats.h"
#include "tensorflow/ops/row_quantizer.h"

namespace qutlass::tensorflow {

class LinearOperands {
 public:
  // `quantizer` must outlive this.
  LinearOperands(const OpContext& context, bool has_bias, const RowQuantizer& quantizer)
      : quantizer_(quantizer),
        x_(context.input(0, "x")),
        w_(context.input(1, "w")),
        w_scale_(context.input(2, "wScale")),
        bias_(context.optional_input(has_bias, 3, "bias")),
        matrix_(quantizer.matrix(context, has_bias ? 4 : 3)) {
    x_.expect_rank_at_least(2);
  }

  // N, of rows of w of words_of(K) words; K is at most `most_k`, so that no int32 sum overflows.
  int64_t expect_words(int64_t (*words_of)(int64_t), int64_t most_k) const {
    w_.expect_rank(2);
    expect_summable(k(), most_k);
    expect_packed(w_, words_of(k()), k());
    return w_.shape()[0];
  }
  // The same of weights that prepackInt8 made.
  int64_t expect_prepacked_int8(int64_t most_k) const {
    expect_summable(k(), most_k);
    const cpu::PrepackedShape shape = prepacked_shape<PrepackedInt8>(w_);
    if (shape.words != int8_words(k())) {
      throw OpError("w was prepacked with " + std::to_string(shape.words) +
                    " words a row, expected " + std::to_string(int8_words(k())) + ", for " +
                    k_is(k()));
    }
    return shape.n;
  }

  Shape product_shape(int64_t n) const { return with_last(x_.shape(), n); }

  // The arguments as far as these are they; all else is 0. They point into this.
  template <typename Args>
  Args arguments(int64_t n) const {
    Args args = {};
    args.x = x_.data<float>();
    args.w = w_.data<int32_t>();
    args.w_scale = w_scale_.data<float>();
    args.w_scale_is_scalar = is_one_for_all(w_scale_, {n}, "a row of w");
    args.bias = optional_data<float>(bias_, {n}, "one value a row of w");
    args.m = x_.rows();
    args.n = n;
    args.k = k();
    args.method = quantizer_.method();
    args.rotation = quantizer_.rotation(x_, matrix_);
    return args;
  }

 private:
  int64_t k() const { return x_.columns(); }

  const RowQuantizer& quantizer_;
  Tensor x_, w_, w_scale_;
  std::optional<Tensor> bias_, matrix_;
};

}  // namespace qutlass::tensorflow
