// Random values of operands.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "test/inputs.h"

namespace qutlass::bench {

// Activations, distributed as Options::inputs names it.
std::vector<float> inputs_of(test::Random& random, int64_t size, const std::string& inputs);

// Rows of floats, quantized to packed int8.
std::vector<int32_t> int8_rows(const std::vector<float>& x, int64_t rows, int64_t k);

// Packed int8 weights, made of normally distributed values.
std::vector<int32_t> int8_weights(test::Random& random, int64_t rows, int64_t k);

}  // namespace qutlass::bench
