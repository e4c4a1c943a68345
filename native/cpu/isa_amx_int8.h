// Products of integers by AMX tiles: for isa_amx.cc alone (see isa.h). Sums are exact.
#pragma once

#include "cpu/isa_amx_tiles.h"
#include "cpu/isa_avx512_epilogue.h"

namespace qutlass::cpu {
namespace {

// The level of the caches that prefetches are for.
constexpr int kIntoSecondLevel = 2;

// What 16 words of operands are: kSteps vectors of bytes, of as many steps of K. Beyond the last
// word are values 0.
struct Int8Words {
  static constexpr int64_t kSteps = 1;
  static constexpr bool kMayHaveZero = true;
  static Vector::Int load(const int32_t* words, int64_t left) { return load_words(words, left); }
  static Vector::Int bytes(Vector::Int words, int64_t) { return words; }
};

// First the even elements, then the odd ones; 8 is taken off them.
struct Int4Words {
  static constexpr int64_t kSteps = 2;
  static constexpr bool kMayHaveZero = false;
  static Vector::Int load(const int32_t* words, int64_t left) {
    if (left >= kTileWords) return Vector::load(words);
    const Vector::Int zeros = _mm512_set1_epi8(static_cast<char>(0x88));
    return _mm512_mask_loadu_epi32(zeros, Vector::first_lanes(left), words);
  }
  static Vector::Int bytes(Vector::Int words, int64_t step) {
    const Vector::Int low = step == 0 ? words : _mm512_srli_epi16(words, 4);
    const Vector::Int nibbles = _mm512_and_si512(low, _mm512_set1_epi8(0xf));
    return _mm512_sub_epi8(nibbles, _mm512_set1_epi8(8));
  }
};

template <typename Words>
int64_t integer_strip_size(const MatmulInt8Args& args) {
  return count_of(args.words, kTileWords) * Words::kSteps * kTileSize;
}

template <typename Words>
int64_t integer_strip_bytes(const MatmulInt8Args& args) {
  if (args.m < kLeastRows) return 0;
  return integer_strip_size<Words>(args) * static_cast<int64_t>(sizeof(int32_t));
}

// Of 16 words of K, word i of every row is in row i of the tiles.
template <typename Words>
bool arrange_integers(const MatmulInt8Args& args, int64_t first_row, void* strip) {
  int32_t* tile = static_cast<int32_t*>(strip);
  const int64_t rows = least(args.m - first_row, kTileRows);
  const int32_t* a = args.a + first_row * args.words;
  for (int64_t word = 0; word < args.words; word += kTileWords) {
    Vector::Int v[kTileRows];
    for (int64_t row = 0; row < kTileRows; ++row) {
      v[row] = row < rows ? Words::load(a + row * args.words + word, args.words - word)
                          : Vector::broadcast(int32_t{0});
    }
    Vector::transpose(v);
    for (int64_t step = 0; step < Words::kSteps; ++step, tile += kTileSize) {
      for (int i = 0; i < kTileWords; ++i) {
        Vector::store(tile + i * kTileWords, Words::bytes(v[i], step));
      }
    }
  }
  return true;
}

// A block of y.
template <typename Words>
class IntegerBlock {
 public:
  IntegerBlock(const MatmulInt8Args& args, const void* strips, int64_t first_row,
               int64_t first_column)
      : args_(args),
        strips_(static_cast<const int32_t*>(strips)),
        first_row_(first_row),
        rows_(least(args.m - first_row, kBlockRows)),
        first_column_(first_column),
        columns_(least(args.n - first_column, kBlockColumns)) {}

  void make() {
    const int64_t strips = count_of(rows_, kTileRows);
    for (int64_t i = 0; i < strips * kHalves * kTileSize; i += kTileWords) {
      Vector::store(sums_[0][0] + i, Vector::broadcast(int32_t{0}));
    }
    constexpr int64_t kSteps = Words::kSteps, kMostWords = kMostSteps / kSteps * kTileWords;
    for (int64_t word = 0; word < args_.words; word += kMostWords) {
      const int64_t words = least(args_.words - word, kMostWords);
      take_weights(word, words);
      multiply(strips, word / kTileWords * kSteps, count_of(words, kTileWords) * kSteps);
    }
    for (int64_t strip = 0; strip < strips; ++strip) {
      for (int half = 0; half < kHalves; ++half) finish_tile(strip, half);
    }
  }

 private:
  // Copies the weights of some words, and where there are zero points adds them up; beyond the last
  // column it repeats that. The next words, or the next block's first, are asked for meanwhile.
  void take_weights(int64_t first_word, int64_t words) {
    const Vector::Int ones = _mm512_set1_epi8(1);
    const bool has_zero = Words::kMayHaveZero && args_.a_zero;
    const int64_t left = args_.words - first_word - words;
    const int64_t next = left > 0 ? words : kBlockColumns * args_.words - first_word;
    for (int64_t j = 0; j < kBlockColumns; ++j) {
      const int64_t column = first_column_ + least(j, columns_ - 1);
      const int32_t* b = args_.b + column * args_.words + first_word;
      int32_t* tile = weights_[0][j / kTileRows] + j % kTileRows * kTileWords;
      Vector::Int sum = Vector::broadcast(int32_t{0});
      for (int64_t word = 0; word < words; word += kTileWords) {
        __builtin_prefetch(b + next + word, 0, kIntoSecondLevel);
        const Vector::Int v = Words::load(b + word, words - word);
        for (int64_t step = 0; step < Words::kSteps; ++step, tile += kHalves * kTileSize) {
          const Vector::Int bytes = Words::bytes(v, step);
          Vector::store(tile, bytes);
          if (has_zero) sum = _mm512_dpbusd_epi32(sum, ones, bytes);
        }
      }
      if (has_zero) column_sums_[j] += _mm512_reduce_add_epi32(sum);
    }
  }

  void multiply(int64_t strips, int64_t first_step, int64_t steps) {
    const int64_t strip_size = integer_strip_size<Words>(args_);
    const int32_t* activations = strips_ + first_step * kTileSize;
    int64_t strip = 0;
    for (; strip + 2 <= strips; strip += 2) {
      multiply_strips<Int8Products, 2>(weights_, steps, activations + strip * strip_size,
                                       strip_size, sums_ + strip);
    }
    if (strip < strips) {
      multiply_strips<Int8Products, 1>(weights_, steps, activations + strip * strip_size,
                                       strip_size, sums_ + strip);
    }
  }

  void finish_tile(int64_t strip, int64_t half) {
    const int64_t column = half * kTileRows, columns = least(columns_ - column, kTileRows);
    if (columns <= 0) return;
    const int64_t n = first_column_ + column;
    const Vector::Float sb = args_.sb_is_scalar ? Vector::broadcast(*args_.sb)
                                                : Vector::load_first(args_.sb + n, columns);
    const Vector::Int column_sums = Vector::load(column_sums_ + column);
    Vector::Int v[kTileRows];
    for (int i = 0; i < kTileRows; ++i) v[i] = Vector::load(sums_[strip][half] + i * kTileWords);
    Vector::transpose(v);
    for (int64_t i = 0; i < least(rows_ - strip * kTileRows, kTileRows); ++i) {
      const int64_t m = first_row_ + strip * kTileRows + i;
      if (args_.a_zero) {
        const Vector::Int zero = Vector::broadcast(args_.a_zero[m]);
        v[i] = _mm512_sub_epi32(v[i], _mm512_mullo_epi32(zero, column_sums));
      }
      const Vector::Float sa = Vector::broadcast(args_.sa[args_.sa_is_scalar ? 0 : m]);
      finish(Vector::multiply(Vector::multiply(Vector::to_float(v[i]), sa), sb),
             args_.bias ? args_.bias + n : nullptr, args_.activation, columns,
             args_.y + m * args_.n + n);
    }
  }

  const MatmulInt8Args& args_;
  const int32_t* strips_;
  const int64_t first_row_, rows_, first_column_, columns_;
  alignas(64) int32_t sums_[kBlockStrips][kHalves][kTileSize];
  alignas(64) StepWeights weights_;
  alignas(64) int32_t column_sums_[kBlockColumns] = {};
};

template <typename Words>
void multiply_integers(const MatmulInt8Args& args, const void* strips, int64_t first_row,
                       int64_t first_column) {
  const TileRegisters registers;
  IntegerBlock<Words>(args, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
