#include "cpu/block_float.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

// The share of a row's elements that may have residuals: GELU leaves fewer.
constexpr int64_t kElementsPerResidual = 3;
// A residual that counts costs so many products of integers: where more than one of so many
// elements is likely to be one, products of floats take less time.
constexpr float kElementsPerCounting = 256.0f;
// The share of products in which residuals count, as a multiple of the sum of their magnitudes in
// proportion to the row's norm: for weights of any q, and the bound of matmul_int4_integers.cc.
constexpr float kShareThatCounts = 512.0f;
// The magnitudes of what blocks add to a product make residuals of this share of the blocks' norms
// not count.
constexpr float kShareOfNorms = 0.3f;
// Of a block's part in that: one of so many blocks is enough for a row, where that is this many
// times what its residuals want.
constexpr int32_t kMostBlocksBetween = 8;
constexpr float kMagnitudesWanted = 2.0f;
// Simple operations an element, of floats and of bytes.
constexpr int64_t kWorkPerElement = 12;
constexpr int64_t kWorkPerByte = 5;

static_assert(BlockIntegers::kMaxWords == BlockFloatLayout::kMaxBlockWords);
static_assert(BlockIntegers::kWordElements == kInt4PerWord);

float power_of_two(int32_t exponent) {
  return float_from_bits(static_cast<uint32_t>(exponent + kExponentBias) << kMantissaBits);
}

// The bits of |value|, which are in the order of magnitudes; 0 where it is not finite.
int32_t finite_magnitude_bits(float value) {
  const int32_t bits = static_cast<int32_t>(float_bits(value) & 0x7fffffffu);
  return bits < kInfinityBits ? bits : 0;
}

void put_halves(const int32_t* integers, int32_t* parts) {
  for (int64_t n = 0; n < BlockIntegers::kParts; ++n) {
    const uint32_t first = static_cast<uint32_t>(integers[n]) & 0xffffu;
    parts[n] = static_cast<int32_t>(
        first | static_cast<uint32_t>(integers[n + BlockIntegers::kParts]) << 16);
  }
}

void put_bytes(const int32_t* integers, int32_t* parts) {
  uint32_t bytes[BlockIntegers::kParts] = {};
  for (int64_t i = 0; i < BlockIntegers::kWordElements; ++i) {
    const int64_t is_odd = i % 2, shift = i / 2 * 8;
    const uint32_t low = static_cast<uint32_t>(integers[i]) & 0xffu;
    // Rounds, so that the low byte is signed.
    const uint32_t high = static_cast<uint32_t>((integers[i] + 128) >> 8) & 0xffu;
    bytes[is_odd] |= low << shift;
    bytes[2 + is_odd] |= high << shift;
  }
  for (int64_t part = 0; part < BlockIntegers::kParts; ++part) {
    parts[part] = static_cast<int32_t>(bytes[part]);
  }
}

// For instruction sets that have no such kernel.
void make_block_integers(const float* x, int64_t count, bool in_bytes, BlockIntegers* block) {
  constexpr int64_t kElements = BlockIntegers::kMaxWords * BlockIntegers::kWordElements;
  float rounded[kElements];
  int32_t largest = 0;
  for (int64_t i = 0; i < count; ++i) {
    rounded[i] = round_to_bf16(x[i]);
    largest = std::max(largest, finite_magnitude_bits(rounded[i]));
  }
  const int32_t next = largest + kLargestMantissaStep;
  const int32_t exponent =
      std::max((next >> kMantissaBits) - kExponentBias, kLeastExponent) - kIntegerExponent;
  block->unit = power_of_two(exponent);
  const float inverse = power_of_two(-exponent);
  int32_t integers[kElements];
  block->residual_magnitude = block->squares = 0.0f;
  std::fill_n(block->residuals, divide_up(count, kInt4PerWord), uint8_t{0});
  for (int64_t i = 0; i < count; ++i) {
    const float finite = finite_magnitude_bits(rounded[i]) ? rounded[i] : 0.0f;
    const float whole = std::nearbyint(finite * inverse);
    integers[i] = static_cast<int32_t>(whole);
    block->squares += whole * whole;
    const float left = rounded[i] - whole * block->unit;
    if (left == 0.0f) continue;
    block->residual_magnitude += std::fabs(left);
    block->residuals[i / kInt4PerWord] |= static_cast<uint8_t>(1 << i % kInt4PerWord);
  }
  const int64_t words = divide_up(count, kInt4PerWord);
  std::fill(integers + count, integers + words * kInt4PerWord, 0);
  for (int64_t word = 0; word < words; ++word) {
    const int32_t* of_word = integers + word * kInt4PerWord;
    in_bytes ? put_bytes(of_word, block->words[word]) : put_halves(of_word, block->words[word]);
    block->negative_sums[word] = -std::accumulate(of_word, of_word + kInt4PerWord, 0);
  }
  block->negative_sum = std::accumulate(block->negative_sums, block->negative_sums + words, 0);
}

// The places of words one after the other among those of `order_words`.
class Place {
 public:
  Place(int64_t word, int64_t order_words)
      : place_(word % order_words), order_words_(order_words) {}
  int64_t operator*() const { return place_; }
  void next() { place_ = place_ + 1 == order_words_ ? 0 : place_ + 1; }

 private:
  int64_t place_, order_words_;
};

// What x, rounded to bf16, is more than a whole number of units.
float residual_of(float x, float unit, float inverse) {
  // Adding this rounds values of up to 2^22 to the nearest integer, even where two are as near.
  constexpr float kNoFractions = 0x1.8p23f;
  const float rounded = round_to_bf16(x);
  if (!std::isfinite(rounded)) return rounded;
  const float whole = (rounded * inverse + kNoFractions) - kNoFractions;
  return rounded - whole * unit;
}

constexpr int64_t kWordsOfResiduals = 8;

// The bits of the residuals (BlockIntegers) of so many words, from that one on, of `words`.
uint64_t residual_bits(const BlockIntegers& block, int64_t word, int64_t words) {
  uint64_t bits = 0;
  std::memcpy(&bits, block.residuals + word,
              static_cast<size_t>(std::min(words - word, kWordsOfResiduals)));
  return bits;
}

// Puts the parts of words among those of each `order_words` words: part by part.
void put_words(const BlockIntegers& block, int64_t first_word, int64_t words, int64_t order_words,
               int32_t* values) {
  Place place(first_word, order_words);
  for (int64_t i = 0; i < words; ++i, place.next()) {
    int32_t* out = values + (first_word + i - *place) * BlockIntegers::kParts + *place;
    for (int64_t part = 0; part < BlockIntegers::kParts; ++part) {
      out[part * order_words] = block.words[i][part];
    }
  }
}

constexpr int64_t kInt8WordsPerWord = kInt4PerWord / kInt8PerWord;

// The even ones of eight bytes.
int32_t even_bytes(uint64_t bytes) {
  bytes &= 0x00ff00ff00ff00ffu;
  bytes = (bytes | bytes >> 8) & 0x0000ffff0000ffffu;
  return static_cast<int32_t>(bytes | bytes >> 16);
}

constexpr uint64_t kAdded128s = 0x8080808080808080u;

// The sum of eight signed bytes: 128 more of each, in pairs of 16 bits, which a product adds up.
int32_t sum_of_bytes(uint64_t bytes) {
  constexpr uint64_t kEven = 0x00ff00ff00ff00ffu, kOnes = 0x0001000100010001u;
  bytes ^= kAdded128s;
  const uint64_t pairs = (bytes & kEven) + (bytes >> 8 & kEven);
  return static_cast<int32_t>(pairs * kOnes >> 48) - 8 * 128;
}

// The blocks whose magnitudes count (BlockFloats).
int32_t magnitude_mask(float granted, float wanted) {
  int32_t blocks = 1;
  while (blocks < kMostBlocksBetween && wanted * static_cast<float>(2 * blocks) <= granted) {
    blocks *= 2;
  }
  return blocks - 1;
}

float spare_roundings_of(int64_t k, int64_t blocks) {
  // A block is converted and added, and so are the bias and the residuals' sum.
  const int64_t most = 2 * blocks + 4;
  return static_cast<float>(std::max<int64_t>(k - most, 0)) * 0x1p-24f;
}

}  // namespace

int64_t BlockFloatLayout::block_end(int64_t word) const {
  const int64_t span_end = (word / span_words + 1) * span_words;
  return std::min({word + block_words, span_end, words});
}

int64_t BlockFloatLayout::blocks_before(int64_t word) const {
  if (word == 0) return 0;  // Mostly, in the loops over blocks of y: without a division.
  return word / span_words * divide_up(span_words, block_words) +
         divide_up(word % span_words, block_words);
}

int64_t BlockFloatLayout::sums_before(int64_t word) const {
  if (order == Int4Order::kSignedBytes) return blocks_before(word);
  if (order_words == 1 || order == Int4Order::kTiles) return 0;  // other panels and tiles want none
  return blocks_before(word) * order_words;
}

BlockFloatRows::BlockFloatRows(const Isa& isa, int64_t m, int64_t k, const BlockFloatLayout& layout,
                               int64_t padded_words, Workspace& workspace)
    : layout_(layout),
      make_block_(isa.block_integers ? isa.block_integers : make_block_integers),
      m_(m),
      k_(k),
      row_values_(round_up(layout.words, padded_words) * layout.parts),
      row_units_(layout.parts == BlockIntegers::kParts ? layout.blocks_before(layout.words) : 0),
      row_sums_(layout.sums_before(layout.words)),
      most_residuals_(layout.parts == BlockIntegers::kParts ? k / kElementsPerResidual : 0),
      spare_roundings_(spare_roundings_of(k, layout.blocks_before(layout.words))),
      values_(workspace.take<int32_t>(m * row_values_)),
      units_(workspace.take<float>(m * row_units_)),
      negative_sums_(workspace.take<int32_t>(m * row_sums_)),
      residuals_(workspace.take<Residual>(m * most_residuals_)),
      residual_counts_(workspace.take<int32_t>(m)),
      residual_magnitudes_(workspace.take<float>(m)),
      expected_residuals_(workspace.take<float>(m)),
      magnitude_masks_(workspace.take<int32_t>(m)) {}

Residuals BlockFloatRows::residuals(int64_t row) const {
  return {residuals_ + row * most_residuals_, residual_counts_[row], residual_magnitudes_[row]};
}

bool BlockFloatRows::prepare(const float* x) const {
  parallel_for(m_, m_ * k_ * kWorkPerElement, [&](int64_t row) { prepare_row(x + row * k_, row); });
  for (int64_t row = 0; row < m_; ++row) {
    if (residual_counts_[row] > most_residuals_) return false;
  }
  const float expected = std::accumulate(expected_residuals_, expected_residuals_ + m_, 0.0f);
  return expected * kElementsPerCounting <= static_cast<float>(m_) * static_cast<float>(k_);
}

void BlockFloatRows::prepare(const int32_t* rows) const {
  const int64_t words = int8_words(k_);
  parallel_for(m_, m_ * k_ * kWorkPerByte,
               [&](int64_t row) { prepare_row(rows + row * words, row); });
}

// In the order of single words, where its words are already.
void BlockFloatRows::put_panel_block(const BlockIntegers& block, int64_t row, int64_t number,
                                     int64_t words) const {
  if (layout_.order == Int4Order::kUnsignedBytes) {
    int32_t* const parts = block.words[0];
    for (int64_t i = 0; i < words * BlockIntegers::kParts; ++i) {
      parts[i] ^= static_cast<int32_t>(kAdded128s);
    }
  }
  if (row_sums_ == 0) return;
  negative_sums_[row * row_sums_ + number] = layout_.sums_factor * block.negative_sum;
}

void BlockFloatRows::put_block(const BlockIntegers& block, int64_t row, int64_t first_word,
                               int64_t number, int64_t words) const {
  put_words(block, first_word, words, layout_.order_words, values_ + row * row_values_);
  if (row_sums_ == 0) return;
  int32_t* sums = negative_sums_ + row * row_sums_ + number * layout_.order_words;
  Place place(first_word, layout_.order_words);
  for (int64_t i = 0; i < words; ++i, place.next()) sums[*place] += block.negative_sums[i];
}

// Blocks of panels leave nothing between them.
void BlockFloatRows::clear_row(int64_t row) const {
  if (is_for_panels()) return;
  std::fill_n(values_ + row * row_values_, row_values_, 0);
  std::fill_n(units_ + row * row_units_, row_units_, 0.0f);
  std::fill_n(negative_sums_ + row * row_sums_, row_sums_, 0);
}

void BlockFloatRows::prepare_row(const int32_t* words, int64_t row) const {
  clear_row(row);
  residual_counts_[row] = 0;
  const int64_t whole_words = int8_words(k_) / kInt8WordsPerWord;
  put_int8_words(words, whole_words, row, 0);
  if (whole_words < layout_.words) {
    const int32_t last[kInt8WordsPerWord] = {words[whole_words * kInt8WordsPerWord]};
    put_int8_words(last, 1, row, whole_words);
  }
  if (layout_.order == Int4Order::kSignedBytes) put_sums_of_blocks(row);
}

// The int8 words that go with `count` words of weights, from `first_word` on.
void BlockFloatRows::put_int8_words(const int32_t* words, int64_t count, int64_t row,
                                    int64_t first_word) const {
  const uint64_t flips = layout_.order == Int4Order::kUnsignedBytes ? kAdded128s : uint64_t{0};
  const int64_t order_words = layout_.order_words;
  int32_t* const values = values_ + row * row_values_;
  Place place(first_word, order_words);
  for (int64_t i = 0; i < count; ++i, place.next()) {
    const uint64_t low = static_cast<uint32_t>(words[i * kInt8WordsPerWord]);
    const uint64_t high = static_cast<uint32_t>(words[i * kInt8WordsPerWord + 1]);
    const uint64_t bytes = (low | high << 32) ^ flips;
    int32_t* out = values + (first_word + i - *place) * BlockIntegers::kPartsOfBytes + *place;
    out[0] = even_bytes(bytes);
    out[order_words] = even_bytes(bytes >> 8);
  }
}

// The negative sums of a row of bytes, whose words are in order: even elements, then odd ones.
void BlockFloatRows::put_sums_of_blocks(int64_t row) const {
  const int32_t* values = values_ + row * row_values_;
  int32_t* sums = negative_sums_ + row * row_sums_;
  for (int64_t word = 0, end; word < layout_.words; word = end) {
    end = layout_.block_end(word);
    int32_t sum = 0;
    for (int64_t i = word; i < end; ++i) {
      uint64_t bytes;
      std::memcpy(&bytes, values + i * BlockIntegers::kPartsOfBytes, sizeof bytes);
      sum += sum_of_bytes(bytes);
    }
    *sums++ = -layout_.sums_factor * sum;
  }
}

void BlockFloatRows::prepare_row(const float* x, int64_t row) const {
  clear_row(row);
  int32_t words_of_block[BlockIntegers::kMaxWords][BlockIntegers::kParts];
  BlockIntegers block;
  block.words = words_of_block;
  Residual* residuals = residuals_ + row * most_residuals_;
  int64_t residual_count = 0;
  float magnitude = 0.0f, squares = 0.0f, norms = 0.0f;
  int64_t number = 0;
  for (int64_t word = 0, end; word < layout_.words; word = end, ++number) {
    end = layout_.block_end(word);
    const int64_t begin = word * kInt4PerWord;
    const int64_t count = std::min(end * kInt4PerWord, k_) - begin;
    const int64_t words = divide_up(count, kInt4PerWord);
    if (is_for_panels()) block.words = words_from(row, word);
    make_block_(x + begin, count, layout_.order != Int4Order::kHalves, &block);
    units_[row * row_units_ + number] = block.unit;
    if (is_for_panels()) {
      put_panel_block(block, row, number, words);
    } else {
      put_block(block, row, word, number, words);
    }
    squares += block.squares * block.unit * block.unit;
    norms += std::sqrt(block.squares) * block.unit;
    if (block.residual_magnitude == 0.0f) continue;
    magnitude += block.residual_magnitude;
    const float inverse = 1.0f / block.unit;
    for (int64_t i = 0; i < words; i += kWordsOfResiduals) {
      for (uint64_t bits = residual_bits(block, i, words); bits != 0;
           bits &= bits - 1, ++residual_count) {
        if (residual_count >= most_residuals_) continue;
        const int64_t k = begin + i * kInt4PerWord + __builtin_ctzll(bits);
        residuals[residual_count] = {static_cast<int32_t>(k),
                                     residual_of(x[k], block.unit, inverse)};
      }
    }
  }
  residual_counts_[row] = static_cast<int32_t>(residual_count);
  residual_magnitudes_[row] = magnitude;
  // Not so where anything is not finite: such residuals always count.
  const float granted = is_for_panels() ? kShareOfNorms * spare_roundings() * norms : 0.0f;
  magnitude_masks_[row] = magnitude_mask(granted, kMagnitudesWanted * magnitude);
  const float share = kShareThatCounts * (magnitude - granted) / std::sqrt(squares);
  expected_residuals_[row] =
      static_cast<float>(residual_count) * (share < 1.0f ? std::max(share, 0.0f) : 1.0f);
}

}  // namespace qutlass::cpu
