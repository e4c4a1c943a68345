// Inputs that the tests of both kinds of kernel use: random ones, and the values that are special.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "test/check.h"

namespace qutlass::test {

inline std::vector<int32_t> random_integers(Random& random, int64_t size, int32_t low,
                                            int32_t high) {
  std::vector<int32_t> values(size);
  for (int32_t& value : values) value = static_cast<int32_t>(random.integer(low, high));
  return values;
}

inline std::vector<float> random_floats(Random& random, int64_t size, float low, float high) {
  std::vector<float> values(size);
  for (float& value : values) value = random.uniform(low, high);
  return values;
}

// Whole words of any bits.
inline std::vector<int32_t> random_words(Random& random, int64_t size) {
  std::vector<int32_t> words(size);
  for (int32_t& word : words) word = static_cast<int32_t>(random.next());
  return words;
}

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kLeastDenormal = std::numeric_limits<float>::denorm_min();
constexpr float kGreatest = std::numeric_limits<float>::max();

constexpr Activation kActivations[] = {Activation::kLinear, Activation::kRelu, Activation::kRelu6};

}  // namespace qutlass::test
