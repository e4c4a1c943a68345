// The product of int8 rows and int4 weights that are kept in panels (prepacked_int4.h), by AMX
// tiles of bytes: for isa_amx.cc alone (see isa.h).
//
// The products and sums are those of isa_amx_int8_int4.h. But the words of a panel, unpacked, are
// what the right operand has to be. So this product is not transposed: activations are the left
// operand, their rows as they are.
#pragma once

#include "cpu/isa_amx_int8_int4.h"
#include "cpu/prepacked_int4.h"

namespace qutlass::cpu {
namespace {

// Steps whose weights are unpacked at once: each has a tile of sums for either half of the columns.
constexpr int kKeptChunkSteps = 2;
// Words of K, ahead of which a panel is asked for.
constexpr int64_t kKeptInt4WordsAhead = 2 * kKeptChunkSteps * kInt4StepWords;

void arrange_kept_int8_int4(const Int4ByteRows& x, int64_t strip, const Int4Tiles& to) {
  const int64_t first_row = strip * kInt4StripRows;
  const int64_t tiles = to.layout.steps * kInt4StepTiles;
  int32_t* const first_tile = to.tiles + strip * tiles * kTileSize;
  for (int64_t row = 0; row < kInt4StripRows; ++row) {
    const bool is_there = first_row + row < x.rows;
    const int32_t* words = x.words + (first_row + row) * x.row_words;
    for (int64_t tile = 0; tile < tiles; ++tile) {
      Vector::store(
          first_tile + tile * kTileSize + row * kTileWords,
          is_there ? Vector::load(words + tile * kTileWords) : Vector::broadcast(int32_t{0}));
    }
  }
}

// Two tiles of columns of y with all rows of the activations.
class KeptInt8Int4Block {
 public:
  KeptInt8Int4Block(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column)
      : args_(args),
        x_(x),
        words_(count_of(args.k, kInt4PerWord)),
        group_words_(count_of(args.group_size, kInt4PerWord)),
        first_column_(first_column),
        kept_(kAvx512VnniIsa, args) {}

  // sums[row * stride + column], of whole strips of rows.
  void make(float* sums, int64_t stride) {
    for (int64_t row = 0; row < x_.layout.strips * kInt4StripRows; ++row) {
      for (int half = 0; half < kHalves; ++half) {
        Vector::store(sums + row * stride + half * kTileRows, Vector::zero());
      }
    }
    for (int64_t step = 0; step < x_.layout.steps; step += kKeptChunkSteps) {
      const int64_t steps = least(x_.layout.steps - step, kKeptChunkSteps);
      for (int64_t s = 0; s < steps; ++s) take_weights(step + s, weights_[s]);
      for (int64_t strip = 0; strip < x_.layout.strips; ++strip) {
        multiply(strip, step, steps);
        for (int64_t s = 0; s < steps; ++s) {
          add_products(step + s, products_[s], sums + strip * kInt4StripRows * stride, stride);
        }
      }
    }
  }

 private:
  using StepTiles = int32_t[kHalves][kInt4StepTiles][kTileSize];
  using StepSums = int32_t[kHalves][kTileSize];

  int64_t group_of(int64_t step) const { return step * kInt4StepWords / group_words_; }

  void take_weights(int64_t step, StepTiles& to) const {
    const int64_t first_word = step * kInt4StepWords;
    const int32_t* panel = args_.w + kept_.words.place(first_column_, first_word);
    for (int half = 0; half < kHalves; ++half) {
      const Vector::Int zeros = zeros_of(step, half);
      for (int64_t word = 0; word < kInt4StepWords; ++word) {
        const int32_t* const words = panel + word * kBlockColumns + half * kTileRows;
        __builtin_prefetch(words + kKeptInt4WordsAhead * kBlockColumns);
        const NibbleBytes bytes =
            nibbles_less(first_word + word < words_ ? Vector::load(words) : zeros, zeros);
        Vector::store(to[half][0] + word * kTileWords, bytes.even);
        Vector::store(to[half][1] + word * kTileWords, bytes.odd);
      }
    }
  }

  // Of the columns of a tile, in every byte.
  Vector::Int zeros_of(int64_t step, int half) const {
    if (!args_.zeros) return _mm512_set1_epi8(8);
    const Vector::Int zeros = Vector::load(
        args_.zeros + kept_.zeros.place(first_column_, group_of(step)) + half * kTileRows);
    return _mm512_mullo_epi32(zeros, Vector::broadcast(0x01010101));
  }

  void multiply(int64_t strip, int64_t first_step, int64_t steps) {
    static_assert(kKeptChunkSteps == 2);
    constexpr int64_t kStepSize = kInt4StepTiles * kTileSize;
    const int32_t* x = x_.tiles + (strip * x_.layout.steps + first_step) * kStepSize;
    multiply_step<0>(x, weights_[0], products_[0]);
    if (steps > 1) multiply_step<2>(x + kStepSize, weights_[1], products_[1]);
  }

  // The tiles of sums are kSums and the one after it.
  template <int kSums>
  [[gnu::always_inline]] static void multiply_step(const int32_t* x, const StepTiles& weights,
                                                   StepSums& sums) {
    zero_tile<kSums>();
    zero_tile<kSums + 1>();
    for (int is_odd = 0; is_odd < kInt4StepTiles; ++is_odd) {
      load_tile<6>(x + is_odd * kTileSize, kTileBytes);
      load_tile<4>(weights[0][is_odd], kTileBytes);
      add_int8_products<kSums, 6, 4>();
      load_tile<5>(weights[1][is_odd], kTileBytes);
      add_int8_products<kSums + 1, 6, 5>();
    }
    store_tile<kSums>(sums[0]);
    store_tile<kSums + 1>(sums[1]);
  }

  void add_products(int64_t step, const StepSums& products, float* sums, int64_t stride) const {
    const float* scales = args_.scales + kept_.scales.place(first_column_, group_of(step));
    for (int half = 0; half < kHalves; ++half) {
      const Vector::Float scale = Vector::load(scales + half * kTileRows);
      float* out = sums + half * kTileRows;
      for (int row = 0; row < kTileRows; ++row, out += stride) {
        const Vector::Int product = Vector::load(products[half] + row * kTileWords);
        Vector::store(out,
                      Vector::multiply_add(Vector::to_float(product), scale, Vector::load(out)));
      }
    }
  }

  const MatmulInt4Args& args_;
  const Int4Tiles& x_;
  const int64_t words_, group_words_, first_column_;
  const KeptInt4 kept_;
  alignas(64) StepTiles weights_[kKeptChunkSteps];
  alignas(64) StepSums products_[kKeptChunkSteps];
};

void multiply_kept_int8_int4(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column,
                             float* sums, int64_t stride) {
  const TileRegisters registers;
  KeptInt8Int4Block(args, x, first_column).make(sums, stride);
}

}  // namespace
}  // namespace qutlass::cpu
