#include "inputs.h"

#include <algorithm>
#include <cmath>

#include "cpu/kernels.h"

namespace qutlass::bench {
namespace {

// Rows of int8 weights that are made; the others repeat them.
constexpr int64_t kWeightRows = 256;

// Box and Muller's transformation.
float normal_value(test::Random& random) {
  const float radius = std::sqrt(-2.0f * std::log(random.uniform(0x1p-24f, 1.0f)));
  return radius * std::cos(random.uniform(0.0f, 6.2831853f));
}

float gelu(float x) { return 0.5f * x * std::erfc(-x * std::sqrt(0.5f)); }

}  // namespace

std::vector<float> inputs_of(test::Random& random, int64_t size, const std::string& inputs) {
  if (inputs == "uniform") return test::random_floats(random, size, -1, 1);
  std::vector<float> x(size);
  for (float& value : x) {
    const float normal = normal_value(random);
    value = inputs == "normal" ? normal : gelu(2.0f * normal);
  }
  return x;
}

std::vector<int32_t> int8_rows(const std::vector<float>& x, int64_t rows, int64_t k) {
  std::vector<int32_t> values(rows * int8_words(k)), zero(rows);
  std::vector<float> scale(rows);
  cpu::quantize_int8({x.data(),
                      values.data(),
                      scale.data(),
                      zero.data(),
                      rows,
                      k,
                      true,
                      ScaleMethod::kAbsMax,
                      {}});
  return values;
}

std::vector<int32_t> int8_weights(test::Random& random, int64_t rows, int64_t k) {
  const int64_t made = std::min(rows, kWeightRows);
  const std::vector<int32_t> some = int8_rows(inputs_of(random, made * k, "normal"), made, k);
  std::vector<int32_t> all(rows * int8_words(k));
  for (size_t i = 0; i < all.size(); ++i) all[i] = some[i % some.size()];
  return all;
}

}  // namespace qutlass::bench
