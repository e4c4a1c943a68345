// The int8 product by AMX tiles: for isa_amx.cc alone (see isa.h). Sums are exact.
//
// With few rows, tiles of weights are loaded from the weights themselves; with more, these are
// copied to the first-level cache, from which every strip of activations takes them.
#pragma once

#include "cpu/isa_amx_tiles.h"
#include "cpu/isa_avx512_epilogue.h"

namespace qutlass::cpu {
namespace {

// Fewer rows than this are vectors' work.
constexpr int64_t kLeastInt8Rows = 5;
// Up to so many rows, weights are used once and read as they lie in memory.
constexpr int64_t kMostDirectRows = 2 * kTileRows;

// Words of a row of a strip's tiles.
int64_t int8_strip_columns(const MatmulInt8Args& args) { return least(args.m, kTileRows); }

int64_t int8_strip_size(const MatmulInt8Args& args) {
  return count_of(args.words, kTileWords) * kTileRows * int8_strip_columns(args);
}

int64_t int8_strip_bytes(const MatmulInt8Args& args) {
  if (args.m < kLeastInt8Rows) return 0;
  // To whole lines.
  return count_of(int8_strip_size(args), kTileWords) * kTileBytes;
}

// A step is 16 words of K, word i of every row in row i of the tile.
bool arrange_int8(const MatmulInt8Args& args, int64_t first_row, void* strip) {
  int32_t* tile = static_cast<int32_t*>(strip);
  const int64_t rows = least(args.m - first_row, kTileRows), columns = int8_strip_columns(args);
  const int32_t* a = args.a + first_row * args.words;
  for (int64_t word = 0; word < args.words; word += kTileWords) {
    Vector::Int v[kTileRows];
    for (int64_t row = 0; row < kTileRows; ++row) {
      v[row] = row < rows ? load_words(a + row * args.words + word, args.words - word)
                          : Vector::broadcast(int32_t{0});
    }
    Vector::transpose(v);
    for (int i = 0; i < kTileWords; ++i, tile += columns) {
      _mm512_mask_storeu_epi32(tile, Vector::first_lanes(columns), v[i]);
    }
  }
  return true;
}

class Int8Block : TileBlock<MatmulInt8Args, int32_t> {
 public:
  Int8Block(const MatmulInt8Args& args, const void* strips, int64_t first_row, int64_t first_column)
      : TileBlock(args, first_row, first_column),
        activations_(static_cast<const int32_t*>(strips)),
        is_direct_(args.m <= kMostDirectRows && columns_ == kBlockColumns && !args.a_zero) {}

  void make() {
    const int64_t direct_words = is_direct_ ? args_.words / kTileWords * kTileWords : 0;
    if (direct_words > 0) {
      for (int half = 0; half < kHalves; ++half) {
        strips_ == 1 ? multiply_directly<1>(half, direct_words)
                     : multiply_directly<2>(half, direct_words);
      }
    }
    for (int64_t word = direct_words; word < args_.words; word += kMostSteps * kTileWords) {
      const int64_t words = least(args_.words - word, kMostSteps * kTileWords);
      take_weights(word, words);
      multiply(word / kTileWords, count_of(words, kTileWords));
    }
    finish_block(
        [&](Vector::Int sums, int64_t m, int64_t column) { return scaled(sums, m, column); });
  }

 private:
  // Where the strips of a step are.
  Strips strips_at(int64_t strip, int64_t step) const {
    const int64_t size = int8_strip_bytes(args_) / static_cast<int64_t>(sizeof(int32_t));
    const int64_t columns = int8_strip_columns(args_);
    return {activations_ + strip * size + step * kTileRows * columns, size, columns};
  }

  // A tile of columns with all strips, over the first `words` words, whole steps. Steps are added
  // up in turn by two tiles a strip: one waits for its last sums longer than a step takes.
  template <int kStrips>
  void multiply_directly(int half, int64_t words) {
    const int64_t row = first_column_ + half * kTileRows, steps = words / kTileWords;
    const int32_t* weights = args_.b + row * args_.words;
    Strips strips = strips_at(0, 0);
    zero_tile<0>();
    zero_tile<1>();
    zero_tile<2>();
    zero_tile<3>();
    const auto add_step = [&](auto turn, int64_t step) __attribute__((always_inline)) {
      constexpr int kTurn = decltype(turn)::kValue;
      load_tile<4 + kTurn>(weights + step * kTileWords,
                           args_.words * static_cast<int64_t>(sizeof(int32_t)));
      const int64_t strip_bytes = strips.columns * static_cast<int64_t>(sizeof(int32_t));
      load_tile<6>(strips.first, strip_bytes);
      add_int8_products<kTurn, 4 + kTurn, 6>();
      if (kStrips == 2) load_tile<7>(strips.first + strips.size, strip_bytes);
      if (kStrips == 2) add_int8_products<2 + kTurn, 4 + kTurn, 7>();
      strips.first += kTileRows * strips.columns;
    };
    int64_t step = 0;
    for (; step + 2 <= steps; step += 2) {
      add_step(Count<0>(), step);
      add_step(Count<1>(), step + 1);
    }
    if (step < steps) add_step(Count<0>(), step);
    add_tiles<0, 1>(sums_[0][half]);
    if (kStrips == 2) add_tiles<2, 3>(sums_[1][half]);
  }

  // sums = the sums of two tiles; lanes that these have not stay as they are.
  template <int kFirst, int kSecond>
  void add_tiles(int32_t* sums) {
    alignas(64) int32_t second[kTileSize] = {};
    store_tile<kFirst>(sums);
    store_tile<kSecond>(second);
    for (int i = 0; i < kTileSize; i += kTileWords) {
      Vector::store(sums + i, Vector::add(Vector::load(sums + i), Vector::load(second + i)));
    }
  }

  // Copies the weights of some words, and adds them up.
  void take_weights(int64_t first_word, int64_t words) {
    const Vector::Int ones = _mm512_set1_epi8(1);
    for (int64_t j = 0; j < kBlockColumns; ++j) {
      const int32_t* b = args_.b + weight_row(j) * args_.words + first_word;
      int32_t* tile = weights_[0][j / kTileRows] + j % kTileRows * kTileWords;
      Vector::Int sum = Vector::broadcast(int32_t{0});
      for (int64_t word = 0; word < words; word += kTileWords, tile += kHalves * kTileSize) {
        const Vector::Int v = load_words(b + word, words - word);
        Vector::store(tile, v);
        sum = _mm512_dpbusd_epi32(sum, ones, v);
      }
      if (args_.a_zero) column_sums_[j] += _mm512_reduce_add_epi32(sum);
    }
  }

  void multiply(int64_t first_step, int64_t steps) {
    for_strips([&](auto count, int64_t strip) {
      multiply_strips<Int8Products, decltype(count)::kValue>(
          weights_, steps, strips_at(strip, first_step), sums_ + strip);
    });
  }

  Vector::Float scaled(Vector::Int sums, int64_t m, int64_t column) const {
    if (args_.a_zero) {
      const Vector::Int zero = Vector::broadcast(args_.a_zero[m]);
      sums = _mm512_sub_epi32(sums, _mm512_mullo_epi32(zero, Vector::load(column_sums_ + column)));
    }
    const Vector::Float sa = Vector::broadcast(args_.sa[args_.sa_is_scalar ? 0 : m]);
    const Vector::Float sb = args_.sb_is_scalar
                                 ? Vector::broadcast(*args_.sb)
                                 : Vector::load_first(args_.sb + first_column_ + column,
                                                      least(columns_ - column, kTileRows));
    return Vector::multiply(Vector::multiply(Vector::to_float(sums), sa), sb);
  }

  const int32_t* activations_;
  const bool is_direct_;
  alignas(64) StepWeights weights_;
  alignas(64) int32_t column_sums_[kBlockColumns] = {};
};

void multiply_int8(const MatmulInt8Args& args, const void* strips, int64_t first_row,
                   int64_t first_column) {
  const TileRegisters registers(static_cast<int>(int8_strip_columns(args)));
  Int8Block(args, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
