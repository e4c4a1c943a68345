// The int8 product by AMX tiles: for isa_amx.cc alone (see isa.h). Sums are exact.
//
// Tiles of weights are loaded from the weights themselves, all of K for two strips of activations
// at a time: loads from the second-level cache take less time than a copy. Where zero points want
// the weights' sums, or columns are fewer than a block's, weights are copied to the first-level
// cache, from which every strip takes them.
#pragma once

#include "cpu/isa_amx_tiles.h"
#include "cpu/isa_epilogue.h"

namespace qutlass::cpu {
namespace {

// Fewer rows than this are vectors' work.
constexpr int64_t kLeastInt8Rows = 5;

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

// What makes values of the sums of a row, of which zero points take their part of the weights' sums
// in these columns.
inline auto int8_values(const MatmulInt8Args& args, int64_t column, int64_t columns,
                        const int32_t* column_sums) {
  const auto scaled = scaled_sums(args, column, columns);
  const Vector::Int weights = Vector::load(column_sums);
  const int32_t* const zeros = args.a_zero;
  return [=](Vector::Int sums, int64_t row) __attribute__((always_inline)) {
    if (!zeros) return scaled(sums, row);
    const Vector::Int of_zero = _mm512_mullo_epi32(Vector::broadcast(zeros[row]), weights);
    return scaled(_mm512_sub_epi32(sums, of_zero), row);
  };
}

class Int8Block : TileBlock<MatmulInt8Args, int32_t> {
 public:
  Int8Block(const MatmulInt8Args& args, const void* strips, int64_t first_row, int64_t first_column)
      : TileBlock(args, first_row, first_column),
        activations_(static_cast<const int32_t*>(strips)),
        is_direct_(columns_ == kBlockColumns && !args.a_zero) {}

  void make() {
    const int64_t direct_words = is_direct_ ? args_.words / kTileWords * kTileWords : 0;
    if (direct_words > 0) {
      multiply_directly(direct_words / kTileWords);
    } else {
      clear_sums();
    }
    for (int64_t word = direct_words; word < args_.words; word += kMostSteps * kTileWords) {
      const int64_t words = least(args_.words - word, kMostSteps * kTileWords);
      take_weights(word, words);
      multiply(word / kTileWords, count_of(words, kTileWords));
    }
    finish_block([&](int64_t column) {
      return int8_values(args_, first_column_ + column, least(columns_ - column, kTileRows),
                         column_sums_ + column);
    });
  }

 private:
  // Where the strips of a step are.
  Strips strips_at(int64_t strip, int64_t step) const {
    const int64_t size = int8_strip_bytes(args_) / static_cast<int64_t>(sizeof(int32_t));
    const int64_t columns = int8_strip_columns(args_);
    return {activations_ + strip * size + step * kTileRows * columns, size, columns};
  }

  // The sums over the first steps of K, with tiles of weights from where they lie: the first strips
  // bring them to the second-level cache. One strip alone takes a tile of columns after the other:
  // 16 streams of weights come faster than 32.
  void multiply_directly(int64_t steps) {
    if (strips_ == 1) {
      for (int half = 0; half < kHalves; ++half) multiply_directly<1, 1>(0, half, steps);
    } else {
      for_strips([&](auto count, int64_t strip) {
        multiply_directly<decltype(count)::kValue, kHalves>(strip, 0, steps);
      });
    }
  }

  template <int kStrips, int kTiles>
  void multiply_directly(int64_t strip, int half, int64_t steps) {
    const int64_t row_bytes = args_.words * static_cast<int64_t>(sizeof(int32_t));
    const int32_t* first = args_.b + (first_column_ + half * kTileRows) * args_.words;
    const int32_t* second = first + kTileRows * args_.words;
    const Strips strips = strips_at(strip, 0);
    const int64_t strip_bytes = strips.columns * static_cast<int64_t>(sizeof(int32_t));
    const int32_t* activations = strips.first;
    zero_tile<0>();
    zero_tile<1>();
    zero_tile<2>();
    zero_tile<3>();
    for (int64_t step = 0; step < steps; ++step) {
      load_tile<4>(first + step * kTileWords, row_bytes);
      load_tile<6>(activations, strip_bytes);
      add_int8_products<0, 4, 6>();
      if (kTiles == 2) load_tile<5>(second + step * kTileWords, row_bytes);
      if (kTiles == 2) add_int8_products<1, 5, 6>();
      if (kStrips == 2) load_tile<7>(activations + strips.size, strip_bytes);
      if (kStrips == 2) add_int8_products<2, 4, 7>();
      if (kStrips == 2 && kTiles == 2) add_int8_products<3, 5, 7>();
      activations += kTileRows * strips.columns;
    }
    store_tile<0>(sums_[strip][half]);
    if (kTiles == 2) store_tile<1>(sums_[strip][1]);
    if (kStrips == 2) store_tile<2>(sums_[strip + 1][half]);
    if (kStrips == 2 && kTiles == 2) store_tile<3>(sums_[strip + 1][1]);
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
