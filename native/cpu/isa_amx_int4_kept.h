// The int4 product of weights that are kept in panels (prepacked_int4.h), by AMX tiles of bf16: for
// isa_amx.cc alone (see isa.h).
//
// The products and sums are those of isa_amx_int4.h. But a vector of a panel has a word of each of
// a tile's columns, and two nibbles of it, as bf16, are a row of what the right operand has to be.
// So this product is not transposed: activations are the left operand, their rows as they are.
#pragma once

#include "cpu/isa_amx_int4.h"
#include "cpu/prepacked_int4.h"

namespace qutlass::cpu {
namespace {

struct KeptBf16Products {
  static constexpr bool kAddsToSums = false;
  static void add_first() {
    _tile_dpbf16ps(0, 6, 4);
    _tile_dpbf16ps(1, 6, 5);
  }
  static void add_second() {
    _tile_dpbf16ps(2, 7, 4);
    _tile_dpbf16ps(3, 7, 5);
  }
};

bool arrange_kept_int4(const MatmulInt4Args& args, int64_t first_row, void* strip) {
  __mmask16 too_small = 0;
  for (int64_t row = 0; row < kTileRows; ++row) {
    int32_t* out = static_cast<int32_t*>(strip) + row * kTileWords;
    const bool is_there = first_row + row < args.m;
    const float* x = args.x + (first_row + row) * args.k;
    for (int64_t k = 0; k < args.k; k += kStepElements, out += kTileSize) {
      Vector::store(
          out, is_there ? step_pairs(x + k, args.k - k, too_small) : Vector::broadcast(int32_t{0}));
    }
  }
  return too_small == 0;
}

class KeptInt4Block : TileBlock<MatmulInt4Args, float, true> {
 public:
  KeptInt4Block(const MatmulInt4Args& args, const void* strips, int64_t first_row,
                int64_t first_column)
      : TileBlock(args, first_row, first_column),
        activations_(static_cast<const int32_t*>(strips)),
        words_(count_of(args.k, kInt4PerWord)),
        group_words_(count_of(args.group_size, kInt4PerWord)),
        kept_(kAvx512VnniIsa, args) {}

  void make() {
    clear_sums();
    for (int64_t begin = 0, group = 0; begin < words_; begin += group_words_, ++group) {
      const int64_t end = least(begin + group_words_, words_);
      for (int64_t word = begin; word < end; word += kMostSteps * kStepWords) {
        const int64_t steps = count_of(least(end - word, kMostSteps * kStepWords), kStepWords);
        for (int half = 0; half < kHalves; ++half) unpack_weights(half, group, word, steps);
        add_products(group, word / kStepWords, steps);
      }
    }
    finish_block(int4_values(args_));
  }

 private:
  // A tile of the block's columns.
  void unpack_weights(int half, int64_t group, int64_t first_word, int64_t steps) {
    const int32_t* panel =
        args_.w + kept_.words.place(first_column_, first_word) + half * kTileRows;
    const Vector::Int zeros = zeros_of(half, group);
    const int64_t words = words_ - first_word;
    for (int64_t word = 0; word < steps * kStepWords; ++word, panel += kBlockColumns) {
      const Vector::Int v = word < words ? Vector::load(panel) : Vector::broadcast(int32_t{0});
      int32_t* const tile = weights_[word / kStepWords][half] + word % kStepWords * kTileWords;
      store_pairs<0>(v, zeros, tile);
      store_pairs<1>(v, zeros, tile);
      store_pairs<2>(v, zeros, tile);
      store_pairs<3>(v, zeros, tile);
    }
  }

  // Twice in each lane.
  Vector::Int zeros_of(int half, int64_t group) const {
    if (!args_.zeros) return _mm512_set1_epi16(8);
    const Vector::Int zeros =
        Vector::load(args_.zeros + kept_.zeros.place(first_column_, group) + half * kTileRows);
    return Vector::bit_or(zeros, Vector::shift_left(zeros, 16));
  }

  // Nibbles kNibble and kNibble + 4 of the words of a step.
  template <int kNibble>
  static void store_pairs(Vector::Int words, Vector::Int zeros, int32_t* tile) {
    const Vector::Int q =
        Vector::bit_and(_mm512_srli_epi16(words, 4 * kNibble), _mm512_set1_epi16(0xf));
    Vector::store(tile + kNibble * kStepWords * kTileWords,
                  small_integers_to_bf16(_mm512_sub_epi16(q, zeros)));
  }

  void add_products(int64_t group, int64_t first_step, int64_t steps) {
    const int64_t size = int4_strip_size(args_);
    const int32_t* first = activations_ + first_step * kTileSize;
    const float* scales = args_.scales + kept_.scales.place(first_column_, group);
    for_strips([&](auto count, int64_t strip) {
      multiply_strips<KeptBf16Products, decltype(count)::kValue>(
          weights_, steps, {first + strip * size, size, kTileWords}, products_);
      add_scaled(scales, strip, decltype(count)::kValue);
    });
  }

  void add_scaled(const float* scales, int64_t first_strip, int64_t strips) {
    for (int64_t strip = 0; strip < strips; ++strip) {
      for (int half = 0; half < kHalves; ++half) {
        const Vector::Float scale = Vector::load(scales + half * kTileRows);
        const float* product = products_[strip][half];
        float* sum = sums_[first_strip + strip][half];
        for (int i = 0; i < kTileSize; i += kTileWords) {
          Vector::store(sum + i, Vector::multiply_add(Vector::load(product + i), scale,
                                                      Vector::load(sum + i)));
        }
      }
    }
  }

  const int32_t* activations_;
  const int64_t words_, group_words_;
  const KeptInt4 kept_;
  alignas(64) float products_[2][kHalves][kTileSize];
  alignas(64) StepWeights weights_;
};

void multiply_kept_int4(const MatmulInt4Args& args, const void* strips, int64_t first_row,
                        int64_t first_column) {
  const TileRegisters registers;
  KeptInt4Block(args, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
