// Inputs that the tests of both kinds of kernel use: random ones, and the values that are special.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "qutlass/ops.h"
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

// Of mean 0 and deviation 1, nearly normally distributed: sums of twelve uniform values.
inline std::vector<float> normal_floats(Random& random, int64_t size) {
  std::vector<float> values(size);
  for (float& value : values) {
    for (int i = 0; i < 12; ++i) value += random.uniform(-0.5f, 0.5f);
  }
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

// Numbers of very different magnitudes, and now and then one that makes its row or group special.
inline std::vector<float> mixed_floats(Random& random, int64_t size, double special) {
  const float specials[] = {kNan,           kInfinity,       -kInfinity, kGreatest, -kGreatest,
                            kLeastDenormal, -kLeastDenormal, 1e-39f,     0.0f,      -0.0f};
  std::vector<float> values(size);
  for (float& value : values) {
    value = random.chance(special)
                ? specials[random.integer(0, 9)]
                : std::ldexp(random.uniform(-1, 1), static_cast<int>(random.integer(-3, 3)));
  }
  return values;
}

constexpr int64_t kHadamardSizes[] = {16, 32, 64, 128, 256, 512, 1024};

// A rotation for rows of k values, and the matrix that it may have. Where k allows it, any of none,
// Hadamard of each size, and a matrix of any size.
struct RandomRotation {
  std::vector<float> matrix;
  Rotation rotation{};

  RandomRotation(Random& random, int64_t k) {
    if (random.chance(0.3)) return;
    if (random.chance(0.5)) {
      const int64_t size = kHadamardSizes[random.integer(0, 6)];
      if (k % size == 0) rotation.block_size = size;
      return;
    }
    int64_t size = random.integer(1, 40);
    while (k % size != 0) --size;
    matrix = random_floats(random, size * size, -1, 1);
    rotation = {size, matrix.data()};
  }
  // rotation points into this.
  RandomRotation(const RandomRotation&) = delete;
  RandomRotation& operator=(const RandomRotation&) = delete;
};

inline ScaleMethod random_method(Random& random) {
  return random.chance(0.5) ? ScaleMethod::kQuest : ScaleMethod::kAbsMax;
}

// Makes one row or column (`count` values, `step` apart) special: zeros, denormals, one sign, huge.
inline void make_special_line(std::vector<float>& x, Random& random, int64_t begin, int64_t step,
                              int64_t count) {
  const int64_t kind = random.integer(0, 5);
  for (int64_t i = 0; i < count; ++i) {
    float& value = x[begin + i * step];
    if (kind == 0) value = random.chance(0.5) ? 0.0f : -0.0f;
    if (kind == 1) value = static_cast<float>(random.integer(-3, 3)) * kLeastDenormal;
    if (kind == 2) value = random.uniform(-1, 1) * 1e-37f;
    if (kind == 3) value = std::fabs(value);
    if (kind == 4) value = -std::fabs(value);
    if (kind == 5) value = value * 1e37f;
  }
}

}  // namespace qutlass::test
