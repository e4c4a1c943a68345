// The right values of a sample of a product's elements, and the check of a provider against them.
#pragma once

#include <vector>

#include "providers.h"

namespace qutlass::bench {

class ProductCheck {
 public:
  // Both must outlive it.
  ProductCheck(const Weights& weights, const Activations& x);

  // Runs the provider on a poisoned y and compares: int8, and int4 with int4, bit for bit with
  // exact sums, int4 with float32 or int8 within the contract's bound of the product of the
  // quantized operands in float64, peers within what their arithmetic may cost. Ends the program
  // where it is wrong. Returns the largest error against the product of the operands as they were
  // before quantization, in float64, relative to the largest of the true values.
  double check(const Provider& provider, Output& y) const;

 private:
  // An element of y, and what it is computed from.
  struct Element {
    int64_t row;
    int64_t column;
    std::vector<float> x;  // the row of x
    double value;          // in float64, of unquantized operands
    int32_t int8_sum;
    float int8_value;
    std::vector<float> int8_x;  // the row of x, quantized
    float int8_scale;
    float int4_int4_value;
  };

  void compute_value(Element& element) const;
  void compute_int8(Element& element) const;
  void compute_int4_int4(Element& element) const;
  // What the provider wrote, scaled where it is a sum.
  float read(const Provider& provider, const Output& y, const Element& element) const;
  bool is_right(const Provider& provider, const Element& element, float got) const;

  const Weights& weights_;
  const Activations& x_;
  std::vector<Element> elements_;
  double largest_value_ = 0;
};

}  // namespace qutlass::bench
