// The product of two int4 operands by AMX tiles of bytes: for isa_amx.cc alone (see isa.h). Sums
// are exact.
//
// 16 words are two steps of K: their even elements and their odd ones, which both operands thus
// have in the same order.
#pragma once

#include "cpu/isa_amx_tiles.h"

namespace qutlass::cpu {
namespace {

// Fewer rows than this are vectors' work.
constexpr int64_t kLeastInt4Int4Rows = 8;
constexpr int64_t kInt4Steps = 2;  // of 16 words

// Words of a row, of which there are `left`, and then values 0.
inline Vector::Int load_int4_words(const int32_t* words, int64_t left) {
  if (left >= kTileWords) return Vector::load(words);
  const Vector::Int zeros = _mm512_set1_epi8(static_cast<char>(0x88));
  return _mm512_mask_loadu_epi32(zeros, Vector::first_lanes(left), words);
}

// A step's bytes of some words; 8 is taken off their elements.
inline Vector::Int int4_step_bytes(Vector::Int words, int64_t step) {
  const Vector::Int low = step == 0 ? words : _mm512_srli_epi16(words, 4);
  const Vector::Int nibbles = _mm512_and_si512(low, _mm512_set1_epi8(0xf));
  return _mm512_sub_epi8(nibbles, _mm512_set1_epi8(8));
}

int64_t int4_int4_strip_size(const MatmulInt8Args& args) {
  return count_of(args.words, kTileWords) * kInt4Steps * kTileSize;
}

int64_t int4_int4_strip_bytes(const MatmulInt8Args& args) {
  if (args.m < kLeastInt4Int4Rows) return 0;
  return int4_int4_strip_size(args) * static_cast<int64_t>(sizeof(int32_t));
}

// Of 16 words of K, word i of every row is in row i of the tiles.
bool arrange_int4_int4(const MatmulInt8Args& args, int64_t first_row, void* strip) {
  int32_t* tile = static_cast<int32_t*>(strip);
  const int64_t rows = least(args.m - first_row, kTileRows);
  const int32_t* a = args.a + first_row * args.words;
  for (int64_t word = 0; word < args.words; word += kTileWords) {
    Vector::Int v[kTileRows];
    for (int64_t row = 0; row < kTileRows; ++row) {
      v[row] = row < rows ? load_int4_words(a + row * args.words + word, args.words - word)
                          : Vector::broadcast(int32_t{0});
    }
    Vector::transpose(v);
    for (int64_t step = 0; step < kInt4Steps; ++step, tile += kTileSize) {
      for (int i = 0; i < kTileWords; ++i) {
        Vector::store(tile + i * kTileWords, int4_step_bytes(v[i], step));
      }
    }
  }
  return true;
}

class Int4Int4Block : TileBlock<MatmulInt8Args, int32_t> {
 public:
  Int4Int4Block(const MatmulInt8Args& args, const void* strips, int64_t first_row,
                int64_t first_column)
      : TileBlock(args, first_row, first_column),
        activations_(static_cast<const int32_t*>(strips)) {}

  void make() {
    clear_sums();
    constexpr int64_t kMostWords = kMostSteps / kInt4Steps * kTileWords;
    for (int64_t word = 0; word < args_.words; word += kMostWords) {
      const int64_t words = least(args_.words - word, kMostWords);
      take_weights(word, words);
      multiply(word / kTileWords * kInt4Steps, count_of(words, kTileWords) * kInt4Steps);
    }
    finish_block([&](int64_t column) {
      return scaled_sums(args_, first_column_ + column, least(columns_ - column, kTileRows));
    });
  }

 private:
  // Copies the weights of some words. The next words, or the next block's first, are asked for
  // meanwhile.
  void take_weights(int64_t first_word, int64_t words) {
    constexpr int kIntoSecondLevel = 2;
    const int64_t left = args_.words - first_word - words;
    const int64_t next = left > 0 ? words : kBlockColumns * args_.words - first_word;
    for (int64_t j = 0; j < kBlockColumns; ++j) {
      const int32_t* b = args_.b + weight_row(j) * args_.words + first_word;
      int32_t* tile = weights_[0][j / kTileRows] + j % kTileRows * kTileWords;
      for (int64_t word = 0; word < words; word += kTileWords) {
        __builtin_prefetch(b + next + word, 0, kIntoSecondLevel);
        const Vector::Int v = load_int4_words(b + word, words - word);
        for (int64_t step = 0; step < kInt4Steps; ++step, tile += kHalves * kTileSize) {
          Vector::store(tile, int4_step_bytes(v, step));
        }
      }
    }
  }

  void multiply(int64_t first_step, int64_t steps) {
    for_strips([&](auto count, int64_t strip) {
      const int64_t size = int4_int4_strip_size(args_);
      const Strips strips{activations_ + strip * size + first_step * kTileSize, size, kTileWords};
      multiply_strips<Int8Products, decltype(count)::kValue>(weights_, steps, strips,
                                                             sums_ + strip);
    });
  }

  const int32_t* activations_;
  alignas(64) StepWeights weights_;
};

void multiply_int4_int4(const MatmulInt8Args& args, const void* strips, int64_t first_row,
                        int64_t first_column) {
  const TileRegisters registers;
  Int4Int4Block(args, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
