#include "cpu/block_float.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

// The share of a row's elements that may have residuals: one can cost as much as 16 products.
constexpr int64_t kElementsPerResidual = 16;
// Simple operations an element.
constexpr int64_t kWorkPerElement = 4;

constexpr int32_t kMantissaBits = 23;
constexpr int32_t kExponentBias = 127;
constexpr int32_t kInfinityBits = 0x7f800000;
// Bits of the largest integers, less one.
constexpr int32_t kIntegerExponent = 14;
// Below this exponent the unit would be a denormal.
constexpr int32_t kLeastExponent = 1 - kExponentBias + kIntegerExponent;

float power_of_two(int32_t exponent) {
  return float_from_bits(static_cast<uint32_t>(exponent + kExponentBias) << kMantissaBits);
}

// The bits of |value|, which are in the order of magnitudes; 0 where it is not finite.
int32_t finite_magnitude_bits(float value) {
  const int32_t bits = static_cast<int32_t>(float_bits(value) & 0x7fffffffu);
  return bits < kInfinityBits ? bits : 0;
}

// A block on its way to integers.
struct Block {
  static constexpr int64_t kMaxElements = BlockFloatLayout::kMaxBlockWords * kInt4PerWord;

  int32_t integers[kMaxElements];
  float residuals[kMaxElements];
  float unit;
  bool has_residuals;

  // Elements from `count` on are zeros up to a whole word.
  void convert(const float* x, int64_t count) {
    float* const rounded = residuals;
    int32_t largest = 0;
    for (int64_t i = 0; i < count; ++i) {
      rounded[i] = round_to_bf16(x[i]);
      largest = std::max(largest, finite_magnitude_bits(rounded[i]));
    }
    const int32_t exponent =
        std::max((largest >> kMantissaBits) - kExponentBias, kLeastExponent) - kIntegerExponent;
    unit = power_of_two(exponent);
    const float inverse = power_of_two(-exponent);
    uint32_t any = 0;
    for (int64_t i = 0; i < count; ++i) {
      const float finite = finite_magnitude_bits(rounded[i]) ? rounded[i] : 0.0f;
      integers[i] = static_cast<int32_t>(finite * inverse);
      residuals[i] = rounded[i] - static_cast<float>(integers[i]) * unit;
      any |= float_bits(residuals[i]) << 1;  // without the sign of a zero
    }
    has_residuals = any != 0;
    std::fill(integers + count, integers + round_up(count, kInt4PerWord), 0);
  }

  int32_t negative_sum(int64_t word) const {
    const int32_t* begin = integers + word * kInt4PerWord;
    return -std::accumulate(begin, begin + kInt4PerWord, 0);
  }
};

// Puts a word's integers among those of `order_words` words, of which it is number `place`, in the
// order of a BlockFloatLayout.
void put_word(const int32_t* integers, int64_t place, int64_t order_words, int16_t* values) {
  constexpr int64_t kNibbles = 4;  // of 16 bits
  values += 2 * place;
  for (int64_t nibble = 0; nibble < kNibbles; ++nibble, values += 2 * order_words) {
    values[0] = static_cast<int16_t>(integers[nibble]);
    values[1] = static_cast<int16_t>(integers[nibble + kNibbles]);
  }
}

}  // namespace

int64_t BlockFloatLayout::block_end(int64_t word) const {
  const int64_t span_end = (word / span_words + 1) * span_words;
  return std::min({word + block_words, span_end, words});
}

int64_t BlockFloatLayout::blocks_before(int64_t word) const {
  return word / span_words * divide_up(span_words, block_words) +
         divide_up(word % span_words, block_words);
}

BlockFloatRows::BlockFloatRows(int64_t m, int64_t k, const BlockFloatLayout& layout,
                               int64_t padded_words, Workspace& workspace)
    : layout_(layout),
      m_(m),
      k_(k),
      row_values_(round_up(layout.words, padded_words) * kInt4PerWord),
      row_units_(layout.blocks_before(layout.words)),
      most_residuals_(k / kElementsPerResidual),
      values_(workspace.take<int16_t>(m * row_values_)),
      units_(workspace.take<float>(m * row_units_)),
      negative_sums_(workspace.take<int32_t>(m * row_units_ * layout.order_words)),
      residuals_(workspace.take<Residual>(m * most_residuals_)),
      residual_counts_(workspace.take<int32_t>(m)),
      residual_magnitudes_(workspace.take<float>(m)) {}

Residuals BlockFloatRows::residuals(int64_t row) const {
  return {residuals_ + row * most_residuals_, residual_counts_[row], residual_magnitudes_[row]};
}

bool BlockFloatRows::prepare(const float* x) const {
  std::atomic<bool> is_worth_it{true};
  parallel_for(m_, m_ * k_ * kWorkPerElement, [&](int64_t row) {
    prepare_row(x + row * k_, row);
    if (residual_counts_[row] > most_residuals_) is_worth_it = false;
  });
  return is_worth_it;
}

void BlockFloatRows::prepare_row(const float* x, int64_t row) const {
  int16_t* values = values_ + row * row_values_;
  float* units = units_ + row * row_units_;
  Residual* residuals = residuals_ + row * most_residuals_;
  int64_t residual_count = 0;
  float residual_magnitude = 0.0f;
  int32_t* negative_sums = negative_sums_ + row * row_units_ * layout_.order_words;
  std::fill_n(values, row_values_, int16_t{0});
  std::fill_n(negative_sums, row_units_ * layout_.order_words, 0);
  Block block;
  for (int64_t word = 0; word < layout_.words; word = layout_.block_end(word)) {
    const int64_t begin = word * kInt4PerWord;
    const int64_t count = std::min(layout_.block_end(word) * kInt4PerWord, k_) - begin;
    block.convert(x + begin, count);
    *units++ = block.unit;
    for (int64_t i = 0; i < divide_up(count, kInt4PerWord); ++i) {
      const int64_t place = (word + i) % layout_.order_words;
      put_word(block.integers + i * kInt4PerWord, place, layout_.order_words,
               values + (word + i - place) * kInt4PerWord);
      negative_sums[place] += block.negative_sum(i);
    }
    negative_sums += layout_.order_words;
    if (!block.has_residuals) continue;
    for (int64_t i = 0; i < count; ++i) {
      const float value = block.residuals[i];
      if (value == 0.0f) continue;
      residual_magnitude += std::fabs(value);
      if (residual_count < most_residuals_) {
        residuals[residual_count] = {static_cast<int32_t>(begin + i), value};
      }
      ++residual_count;
    }
  }
  residual_counts_[row] = static_cast<int32_t>(residual_count);
  residual_magnitudes_[row] = residual_magnitude;
}

}  // namespace qutlass::cpu
