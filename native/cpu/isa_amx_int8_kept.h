// The int8 product of weights that are kept in panels (prepacked_int8.h), by AMX tiles: for
// isa_amx.cc alone (see isa.h). Sums are exact.
//
// A step of a panel, 16 words of K of two tiles of columns, is what the right operand has to be, so
// this product is not transposed: activations are the left operand. Weights have 128 added, and
// every sum thus 128 times the sum of its row: a strip ends with the tile that its sums begin with,
// which takes that off.
#pragma once

#include "cpu/isa_amx_int8.h"
#include "cpu/prepacked_int8.h"

namespace qutlass::cpu {
namespace {

// Rows of a strip's tiles.
int64_t kept_strip_rows(const MatmulInt8Args& args) { return least(args.m, kTileRows); }

int64_t kept_strip_size(const MatmulInt8Args& args) {
  return count_of(args.words, kTileWords) * kept_strip_rows(args) * kTileWords;
}

int64_t kept_strip_bytes(const MatmulInt8Args& args) {
  if (args.m < kLeastInt8Rows) return 0;
  const int64_t size = kept_strip_size(args) + kept_strip_rows(args) * kTileWords;
  return size * static_cast<int64_t>(sizeof(int32_t));
}

// A step is 16 words of K of each row.
bool arrange_kept_int8(const MatmulInt8Args& args, int64_t first_row, void* strip) {
  const int64_t rows = kept_strip_rows(args), step_size = rows * kTileWords;
  for (int64_t row = 0; row < rows; ++row) {
    int32_t* out = static_cast<int32_t*>(strip) + row * kTileWords;
    const bool is_there = first_row + row < args.m;
    const int32_t* a = args.a + (first_row + row) * args.words;
    Vector::Int sum = Vector::broadcast(int32_t{0});
    for (int64_t word = 0; word < args.words; word += kTileWords, out += step_size) {
      const Vector::Int v =
          is_there ? load_words(a + word, args.words - word) : Vector::broadcast(int32_t{0});
      Vector::store(out, v);
      sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(-128), v);
    }
    Vector::store(out, Vector::broadcast(-_mm512_reduce_add_epi32(sum)));
  }
  return true;
}

class KeptInt8Block : TileBlock<MatmulInt8Args, int32_t, true> {
 public:
  KeptInt8Block(const MatmulInt8Args& args, const PrepackedInt8& weights, const void* strips,
                int64_t first_row, int64_t first_column)
      : TileBlock(args, first_row, first_column),
        weights_(weights),
        activations_(static_cast<const int32_t*>(strips)) {}

  void make() {
    for_strips([&](auto count, int64_t strip) {
      constexpr int kCount = decltype(count)::kValue;
      strip == 0 ? multiply<kCount, true>(strip) : multiply<kCount, false>(strip);
    });
    finish_block([&](int64_t column) {
      const int64_t n = first_column_ + column;
      return int8_values(args_, n, least(columns_ - column, kTileRows), weights_.sum(args_.b, n));
    });
  }

 private:
  // A step of a panel, and how many steps ahead the first strips ask for one: of the panel, or of
  // what follows it in memory.
  static constexpr int64_t kStepSize = kTileWords * kBlockColumns;
  static constexpr int64_t kStepsAhead = 2;

  static void prefetch_step(const int32_t* step) {
    for (int64_t i = 0; i < kStepSize; i += kTileWords) __builtin_prefetch(step + i);
  }

  const int32_t* strip_at(int64_t strip) const {
    return activations_ + strip * (kept_strip_bytes(args_) / static_cast<int64_t>(sizeof(int32_t)));
  }

  template <int kStrips, bool kAsksAhead>
  void multiply(int64_t strip) {
    constexpr int64_t kPanelBytes = kBlockColumns * static_cast<int64_t>(sizeof(int32_t));
    const int64_t step_size = kept_strip_rows(args_) * kTileWords;
    const int32_t* first = strip_at(strip);
    const int32_t* second = kStrips == 2 ? strip_at(strip + 1) : first;
    const int64_t size = kept_strip_size(args_);
    load_tile<0>(first + size, kTileBytes);
    load_tile<1>(first + size, kTileBytes);
    if (kStrips == 2) load_tile<2>(second + size, kTileBytes);
    if (kStrips == 2) load_tile<3>(second + size, kTileBytes);
    const int64_t stretch_words = weights_.stretch_words();
    for (int64_t word = 0; word < args_.words; word += stretch_words) {
      const int32_t* panel = weights_.stretch(args_.b, first_column_, word / stretch_words);
      const int64_t steps = count_of(least(args_.words - word, stretch_words), kTileWords);
      for (int64_t step = 0; step < steps; ++step) {
        if (kAsksAhead) prefetch_step(panel + kStepsAhead * kStepSize);
        load_tile<4>(panel, kPanelBytes);
        load_tile<6>(first, kTileBytes);
        add_kept_int8_products<0, 6, 4>();
        load_tile<5>(panel + kTileRows, kPanelBytes);
        add_kept_int8_products<1, 6, 5>();
        if (kStrips == 2) load_tile<7>(second, kTileBytes);
        if (kStrips == 2) add_kept_int8_products<2, 7, 4>();
        if (kStrips == 2) add_kept_int8_products<3, 7, 5>();
        panel += kStepSize;
        first += step_size;
        second += step_size;
      }
    }
    store_tile<0>(sums_[strip][0]);
    store_tile<1>(sums_[strip][1]);
    if (kStrips == 2) store_tile<2>(sums_[strip + 1][0]);
    if (kStrips == 2) store_tile<3>(sums_[strip + 1][1]);
  }

  const PrepackedInt8& weights_;
  const int32_t* activations_;
};

void multiply_kept_int8(const MatmulInt8Args& args, const void* strips, int64_t first_row,
                        int64_t first_column) {
  const TileRegisters registers(kTileWords, static_cast<int>(kept_strip_rows(args)));
  const PrepackedInt8 weights(kAvx512VnniIsa, args.n, args.words);
  KeptInt8Block(args, weights, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
