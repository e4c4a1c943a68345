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
constexpr int32_t kBf16MantissaBits = 7;
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

}  // namespace

// A block on its way to integers.
struct BlockFloatRows::Block {
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
    // The largest bf16 mantissa counts as the next power of two.
    const int32_t next = largest + (1 << (kMantissaBits - kBf16MantissaBits));
    const int32_t exponent =
        std::max((next >> kMantissaBits) - kExponentBias, kLeastExponent) - kIntegerExponent;
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

namespace {

// Puts a word's integers among those of `order_words` words, of which it is number `place`, in the
// order of nibbles.
void put_halves(const int32_t* integers, int64_t place, int64_t order_words, int16_t* values) {
  constexpr int64_t kNibbles = 4;  // of 16 bits
  values += 2 * place;
  for (int64_t nibble = 0; nibble < kNibbles; ++nibble, values += 2 * order_words) {
    values[0] = static_cast<int16_t>(integers[nibble]);
    values[1] = static_cast<int16_t>(integers[nibble + kNibbles]);
  }
}

// The same in bytes: the low ones of even elements, then of odd ones, then the high ones.
void put_bytes(const int32_t* integers, int64_t place, int64_t order_words, int16_t* values) {
  constexpr int64_t kPairs = kInt4PerWord / 2;
  const int64_t plane = order_words * kPairs;
  int8_t* bytes = reinterpret_cast<int8_t*>(values) + place * kPairs;
  for (int64_t i = 0; i < kPairs; ++i) {
    for (int64_t is_odd = 0; is_odd < 2; ++is_odd) {
      const int32_t integer = integers[2 * i + is_odd];
      bytes[is_odd * plane + i] = static_cast<int8_t>(integer);
      // Rounds, so that the low byte is signed.
      bytes[(2 + is_odd) * plane + i] = static_cast<int8_t>((integer + 128) >> 8);
    }
  }
}

// The lane of half a block, given its number in a run.
int64_t lane_of(Int4Order order, int64_t block, int64_t half) {
  return order == Int4Order::kBytes ? half * kInt4RunBlocks + block : 2 * block + half;
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

int64_t BlockFloatLayout::units_before(int64_t word) const {
  if (!is_in_runs()) return blocks_before(word);
  return divide_up(blocks_before(word), kInt4RunBlocks) * order_words;
}

int64_t BlockFloatLayout::sums_before(int64_t word) const {
  return is_in_runs() ? units_before(word) : blocks_before(word) * order_words;
}

BlockFloatRows::BlockFloatRows(int64_t m, int64_t k, const BlockFloatLayout& layout,
                               int64_t padded_words, Workspace& workspace)
    : layout_(layout),
      m_(m),
      k_(k),
      row_values_(round_up(layout.words, padded_words) * kInt4PerWord),
      row_units_(layout.units_before(layout.words)),
      row_sums_(layout.sums_before(layout.words)),
      most_residuals_(k / kElementsPerResidual),
      values_(workspace.take<int16_t>(m * row_values_)),
      units_(workspace.take<float>(m * row_units_)),
      negative_sums_(workspace.take<int32_t>(m * row_sums_)),
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

void BlockFloatRows::put_block(const Block& block, int64_t row, int64_t first_word, int64_t number,
                               int64_t words) const {
  units_[row * row_units_ + number] = block.unit;
  int32_t* sums = negative_sums_ + row * row_sums_ + number * layout_.order_words;
  int16_t* values = values_ + row * row_values_;
  for (int64_t i = 0; i < words; ++i) {
    const int64_t place = (first_word + i) % layout_.order_words;
    put_halves(block.integers + i * kInt4PerWord, place, layout_.order_words,
               values + (first_word + i - place) * kInt4PerWord);
    sums[place] += block.negative_sum(i);
  }
}

void BlockFloatRows::put_block_of_run(const Block& block, int64_t row, int64_t first_word,
                                      int64_t number, int64_t words) const {
  const int64_t run = number / kInt4RunBlocks * layout_.order_words;
  float* units = units_ + row * row_units_ + run;
  int32_t* sums = negative_sums_ + row * row_sums_ + run;
  int16_t* values = values_ + row * row_values_ + first_word * kInt4PerWord;
  for (int64_t i = 0; i < words; ++i) {
    const int64_t place = i % layout_.order_words;
    put_bytes(block.integers + i * kInt4PerWord, place, layout_.order_words,
              values + (i - place) * kInt4PerWord);
    const int64_t half = 2 * place / layout_.order_words;
    const int64_t lane = lane_of(layout_.order, number % kInt4RunBlocks, half);
    units[lane] = block.unit;
    sums[lane] += block.negative_sum(i);
  }
}

void BlockFloatRows::prepare_row(const float* x, int64_t row) const {
  Residual* residuals = residuals_ + row * most_residuals_;
  int64_t residual_count = 0;
  float residual_magnitude = 0.0f;
  std::fill_n(values_ + row * row_values_, row_values_, int16_t{0});
  std::fill_n(units_ + row * row_units_, row_units_, 0.0f);
  std::fill_n(negative_sums_ + row * row_sums_, row_sums_, 0);
  Block block;
  int64_t number = 0;
  for (int64_t word = 0; word < layout_.words; word = layout_.block_end(word), ++number) {
    const int64_t begin = word * kInt4PerWord;
    const int64_t count = std::min(layout_.block_end(word) * kInt4PerWord, k_) - begin;
    block.convert(x + begin, count);
    if (layout_.order == Int4Order::kHalves) {
      put_block(block, row, word, number, divide_up(count, kInt4PerWord));
    } else {
      put_block_of_run(block, row, word, number, divide_up(count, kInt4PerWord));
    }
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
