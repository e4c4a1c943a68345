// The product of int8 rows and int4 weights by AMX tiles of bytes: for isa_amx.cc alone (see
// isa.h).
//
// Weights become bytes by a mask and a shift, even nibbles in one tile and odd ones in another. So
// a step, 128 elements of 16 weight rows, takes two tile products for every strip of activations
// (int4_tiles.h), whose sums are exact; they are then multiplied by scales and added up in float32,
// step by step, as the blocks of vectors are: the bits are the same.
#pragma once

#include "cpu/int4_tiles.h"
#include "cpu/isa.h"
#include "cpu/isa_amx_tiles.h"

namespace qutlass::cpu {
namespace {

static_assert(kInt4StepWords == kTileWords && kInt4StripRows == kTileWords);

// Steps whose weights are unpacked at once, for the first-level cache; the sums of all are on their
// way at once.
constexpr int kChunkSteps = 4;
// Which products these are, as measured: vectors take fewer rows in less time, and others are at
// most what a block of y has (matmul_int4_integers.cc).
constexpr int64_t kLeastInt8Int4Rows = 9;
constexpr int64_t kMostInt8Int4Rows = 128;

Int4TileLayout int8_int4_layout(const MatmulInt4Args& args) {
  const int64_t words = count_of(args.k, kInt4PerWord);
  const int64_t group_words = count_of(args.group_size, kInt4PerWord);
  const bool is_whole_steps = group_words >= words || group_words % kInt4StepWords == 0;
  if (args.m < kLeastInt8Int4Rows || args.m > kMostInt8Int4Rows || !is_whole_steps) return {};
  return {count_of(args.m, kInt4StripRows), count_of(words, kInt4StepWords)};
}

// Nibbles as signed bytes: 16 * (q - 8), or q - zero.
struct NibbleBytes {
  Vector::Int even, odd;
};

inline NibbleBytes nibbles_less_8(Vector::Int words) {
  constexpr int kXorThenAnd = 0x28;  // the truth table of (words ^ eights) & high
  const Vector::Int eights = _mm512_set1_epi8(static_cast<char>(0x88));
  const Vector::Int high = _mm512_set1_epi8(static_cast<char>(0xf0));
  return {_mm512_ternarylogic_epi32(_mm512_slli_epi16(words, 4), eights, high, kXorThenAnd),
          _mm512_ternarylogic_epi32(words, eights, high, kXorThenAnd)};
}

inline NibbleBytes nibbles_less(Vector::Int words, Vector::Int zeros) {
  const Vector::Int low = _mm512_set1_epi8(0xf);
  return {_mm512_sub_epi8(_mm512_and_si512(words, low), zeros),
          _mm512_sub_epi8(_mm512_and_si512(_mm512_srli_epi16(words, 4), low), zeros)};
}

// A strip's tiles, transposed from its rows.
void arrange_int8_int4(const Int4ByteRows& x, int64_t strip, const Int4Tiles& to) {
  const Int4TileLayout& layout = to.layout;
  const int64_t first_row = strip * kInt4StripRows;
  const int64_t rows = least(x.rows - first_row, kInt4StripRows);
  const int64_t tiles = layout.steps * kInt4StepTiles;
  int32_t* tile = to.tiles + strip * tiles * kTileSize;
  const int32_t* words = x.words + first_row * x.row_words;
  for (int64_t i = 0; i < tiles; ++i, words += kTileWords) {
    Vector::Int v[kTileRows];
    for (int row = 0; row < kTileRows; ++row) {
      v[row] = row < rows ? Vector::load(words + row * x.row_words) : Vector::broadcast(int32_t{0});
    }
    Vector::transpose(v);
    for (int word = 0; word < kTileRows; ++word, tile += kTileWords) Vector::store(tile, v[word]);
  }
}

// Columns of y, up to two tiles of them, with all rows of the activations.
class Int8Int4Block : TileBlock<MatmulInt4Args, float> {
 public:
  Int8Int4Block(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column)
      : TileBlock(args, 0, first_column),
        x_(x),
        halves_(count_of(columns_, kTileRows)),
        words_(count_of(args.k, kInt4PerWord)),
        group_words_(count_of(args.group_size, kInt4PerWord)),
        groups_(count_of(args.k, args.group_size)),
        // Of 16 * (q - 8).
        weight_unit_(args.zeros ? 1.0f : 0.0625f) {}

  // sums[row * stride + column], of whole strips of rows and whole tiles of columns.
  void make(float* sums, int64_t stride) {
    const Int4TileLayout& layout = x_.layout;
    clear_sums();
    for (int64_t step = 0; step < layout.steps; step += kChunkSteps) {
      const int64_t steps = least(layout.steps - step, kChunkSteps);
      for (int64_t half = 0; half < halves_; ++half) {
        take_weights(half, step, steps);
        const int32_t* next = next_weights(half, step, steps);
        for (int64_t strip = 0; strip < layout.strips; ++strip) {
          multiply(strip, step, steps);
          add_products(steps, strip == 0 ? next : nullptr, sums_[strip][half]);
        }
      }
    }
    for (int64_t half = 0; half < halves_; ++half) {
      for (int64_t strip = 0; strip < layout.strips; ++strip) {
        finish_strip(sums_[strip][half], sums + strip * kInt4StripRows * stride + half * kTileRows,
                     stride);
      }
    }
  }

 private:
  const int32_t* weights(int64_t column) const { return args_.w + weight_row(column) * words_; }

  // Where the weights are that are taken after these: beyond the block's last, in the next block.
  const int32_t* next_weights(int64_t half, int64_t step, int64_t steps) const {
    const int64_t end = (step + steps) * kInt4StepWords;
    if (half + 1 < halves_) return weights((half + 1) * kTileRows) + step * kInt4StepWords;
    return end < words_ ? weights(0) + end : weights(0) + kBlockColumns * words_;
  }

  // Unpacks the weights of a tile's columns, and brings their scales together.
  void take_weights(int64_t half, int64_t first_step, int64_t steps) {
    for (int j = 0; j < kTileRows; ++j) {
      const int64_t row = weight_row(half * kTileRows + j);
      const int32_t* words = args_.w + row * words_;
      const float* scales = args_.scales + row * groups_;
      const int32_t* zeros = args_.zeros ? args_.zeros + row * groups_ : nullptr;
      for (int64_t s = 0; s < steps; ++s) {
        const int64_t word = (first_step + s) * kInt4StepWords;
        const int64_t group = word / group_words_;
        const Vector::Int v = load_words(words + word, words_ - word);
        const NibbleBytes bytes =
            zeros ? nibbles_less(v, _mm512_set1_epi8(static_cast<char>(zeros[group])))
                  : nibbles_less_8(v);
        Vector::store(weights_[s][0] + j * kTileWords, bytes.even);
        Vector::store(weights_[s][1] + j * kTileWords, bytes.odd);
        scales_[s][j] = scales[group];
      }
    }
  }

  // Multiplies the weights of a chunk with a strip. Every step has a tile of sums of its own: it
  // takes long until one can be read again.
  void multiply(int64_t strip, int64_t first_step, int64_t steps) {
    static_assert(kChunkSteps == 4);
    constexpr int64_t kSize = kInt4StepTiles * kTileSize;
    const int32_t* activations = x_.tiles + (strip * x_.layout.steps + first_step) * kSize;
    multiply_step<0>(activations);
    if (steps > 1) multiply_step<1>(activations + kSize);
    if (steps > 2) multiply_step<2>(activations + 2 * kSize);
    if (steps > 3) multiply_step<3>(activations + 3 * kSize);
  }

  template <int kStep>
  [[gnu::always_inline]] void multiply_step(const int32_t* activations) {
    zero_tile<kStep>();
    load_tile<4>(weights_[kStep][0], kTileBytes);
    load_tile<6>(activations, kTileBytes);
    add_int8_products<kStep, 4, 6>();
    load_tile<5>(weights_[kStep][1], kTileBytes);
    load_tile<7>(activations + kTileSize, kTileBytes);
    add_int8_products<kStep, 5, 7>();
    store_tile<kStep>(products_[kStep]);
  }

  // Adds those products to a strip's sums, and asks for the next weights.
  void add_products(int64_t steps, const int32_t* next, float* sums) {
    const Vector::Float unit = Vector::broadcast(weight_unit_);
    Vector::Float totals[kTileRows];
    for (int j = 0; j < kTileRows; ++j) totals[j] = Vector::load(sums + j * kTileWords);
    for (int64_t s = 0; s < steps; ++s) {
      for (int j = 0; j < kTileRows; ++j) {
        const Vector::Float product =
            Vector::multiply(Vector::to_float(Vector::load(products_[s] + j * kTileWords)), unit);
        totals[j] = Vector::multiply_add(product, Vector::broadcast(scales_[s][j]), totals[j]);
      }
      if (!next) continue;
      for (int j = 0; j < kTileRows; ++j) {
        __builtin_prefetch(next + j * words_ + s * kInt4StepWords);
      }
    }
    for (int j = 0; j < kTileRows; ++j) Vector::store(sums + j * kTileWords, totals[j]);
  }

  // The rows of a strip, of a tile of columns.
  void finish_strip(const float* sums, float* out, int64_t stride) const {
    Vector::Int rows[kTileRows];
    for (int j = 0; j < kTileRows; ++j) {
      rows[j] = Vector::as_int(Vector::load(sums + j * kTileWords));
    }
    Vector::transpose(rows);
    for (int row = 0; row < kTileRows; ++row, out += stride) {
      Vector::store(out, Vector::as_float(rows[row]));
    }
  }

  const Int4Tiles& x_;
  const int64_t halves_, words_, group_words_, groups_;
  const float weight_unit_;
  alignas(64) int32_t weights_[kChunkSteps][kInt4StepTiles][kTileSize];
  alignas(64) int32_t products_[kChunkSteps][kTileSize];
  alignas(64) float scales_[kChunkSteps][kTileRows];
};

void multiply_int8_int4(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column,
                        float* sums, int64_t stride) {
  const TileRegisters registers;
  Int8Int4Block(args, x, first_column).make(sums, stride);
}

}  // namespace
}  // namespace qutlass::cpu
