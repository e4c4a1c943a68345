// The int4 product by AMX tiles of bf16: for isa_amx.cc alone (see isa.h).
//
// Weights q - zero are small integers and activations are bf16 values, so products are exact, and
// tiles add them up in float32. At the end of a group, or of a stretch of it, that is multiplied by
// the group's scale and added to the block's sums.
//
// AMX takes denormals for zeros, and makes zeros of them. But a bf16 value of at least 2^-119 is a
// multiple of 2^-126, and so is every sum of products of such values with integers, rounded or not:
// none is a denormal. Activations with other values but 0 are not for AMX.
#pragma once

#include "cpu/isa_amx_tiles.h"
#include "cpu/isa_epilogue.h"

namespace qutlass::cpu {
namespace {

// A step is 32 elements of K, 4 words. Their order is that in which nibbles are unpacked: pair
// 4 * j + w of the step is of nibbles j and j + 4 of word w.
constexpr int64_t kStepWords = 4;
constexpr int kStepElements = 32;

int64_t int4_strip_size(const MatmulInt4Args& args) {
  return count_of(args.k, kStepElements) * kTileSize;
}

// Fewer rows are vectors' work.
constexpr int64_t kLeastInt4Rows = 9;

int64_t int4_strip_bytes(const MatmulInt4Args& args) {
  const bool are_groups_whole_steps =
      args.group_size >= args.k || args.group_size % kStepElements == 0;
  if (args.m < kLeastInt4Rows || !are_groups_whole_steps) return 0;
  return int4_strip_size(args) * static_cast<int64_t>(sizeof(int32_t));
}

// The lanes whose bf16 values AMX would take for zeros, or could make zeros of.
inline __mmask16 lanes_too_small(Vector::Float v) {
  constexpr int kLeastBits = 8 << 23;  // of 2^-119
  const Vector::Int magnitude = _mm512_castps_si512(_mm512_abs_ps(v));
  const Vector::Int one = Vector::broadcast(int32_t{1});
  return _mm512_cmplt_epu32_mask(_mm512_sub_epi32(magnitude, one),
                                 Vector::broadcast(int32_t{kLeastBits - 1}));
}

// Elements of a row, of which there are `left`.
inline Vector::Float load_floats(const float* x, int64_t left) {
  if (left >= Vector::kLanes) return Vector::load(x);
  return left > 0 ? Vector::load_first(x, left) : Vector::zero();
}

// A step's elements of a row, as pairs of bf16; adds to `too_small` whether there are such.
inline Vector::Int step_pairs(const float* x, int64_t left, __mmask16& too_small) {
  const Vector::Int lower =
      _mm512_setr_epi32(0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
  const Vector::Int upper = Vector::add(lower, Vector::broadcast(int32_t{4}));
  const Vector::Float first = round_to_bf16<Vector>(load_floats(x, left));
  const Vector::Float second =
      round_to_bf16<Vector>(load_floats(x + Vector::kLanes, left - Vector::kLanes));
  too_small |= lanes_too_small(first) | lanes_too_small(second);
  const Vector::Float low = _mm512_permutex2var_ps(first, lower, second);
  const Vector::Float high = _mm512_permutex2var_ps(first, upper, second);
  return Vector::bit_or(Vector::shift_right<16>(_mm512_castps_si512(low)),
                        _mm512_castps_si512(high));
}

bool arrange_int4(const MatmulInt4Args& args, int64_t first_row, void* strip) {
  int32_t* tile = static_cast<int32_t*>(strip);
  const int64_t rows = least(args.m - first_row, kTileRows);
  const float* x = args.x + first_row * args.k;
  __mmask16 too_small = 0;
  for (int64_t k = 0; k < args.k; k += kStepElements, tile += kTileSize) {
    Vector::Int v[kTileRows];
    for (int64_t row = 0; row < kTileRows; ++row) {
      v[row] = row < rows ? step_pairs(x + row * args.k + k, args.k - k, too_small)
                          : Vector::broadcast(int32_t{0});
    }
    Vector::transpose(v);
    for (int i = 0; i < kTileWords; ++i) Vector::store(tile + i * kTileWords, v[i]);
  }
  return too_small == 0;
}

// 16-bit integers -16 ... 15 as bf16.
inline Vector::Int small_integers_to_bf16(Vector::Int v) {
  // By their low 5 bits, in pairs.
  alignas(64) static constexpr uint32_t kTable[] = {0x3f800000, 0x40404000, 0x40a04080, 0x40e040c0,
                                                    0x41104100, 0x41304120, 0x41504140, 0x41704160,
                                                    0xc170c180, 0xc150c160, 0xc130c140, 0xc110c120,
                                                    0xc0e0c100, 0xc0a0c0c0, 0xc040c080, 0xbf80c000};
  return _mm512_permutexvar_epi16(v, _mm512_load_si512(kTable));
}

// Nibbles less `zero`, as bf16: of the first 4 words, of which there are `left`, the nibbles j of
// all 16-bit halves are in the 128 bits number j.
class StepUnpacker {
 public:
  Vector::Int unpack(const int32_t* words, int64_t left, int32_t zero) const {
    const __m128i four = left >= kStepWords
                             ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(words))
                             : _mm_maskz_loadu_epi32(Vector::first_lanes(left), words);
    const Vector::Int shifted = _mm512_srlv_epi16(_mm512_broadcast_i32x4(four), shifts_);
    const Vector::Int q = Vector::bit_and(shifted, _mm512_set1_epi16(0xf));
    return small_integers_to_bf16(_mm512_sub_epi16(q, _mm512_set1_epi16(static_cast<short>(zero))));
  }

 private:
  const Vector::Int shifts_ =
      _mm512_set_epi64(0x000c000c000c000c, 0x000c000c000c000c, 0x0008000800080008,
                       0x0008000800080008, 0x0004000400040004, 0x0004000400040004, 0, 0);
};

// What makes values of a block's sums, for TileBlock::finish_block.
inline auto int4_values(const MatmulInt4Args& args) {
  const float* const scales = args.row_scale;
  return [=](int64_t) {
    return [=](Vector::Int sums, int64_t row) __attribute__((always_inline)) {
      return Vector::multiply(Vector::as_float(sums),
                              Vector::broadcast(scales ? scales[row] : 1.0f));
    };
  };
}

class Int4Block : TileBlock<MatmulInt4Args, float> {
 public:
  Int4Block(const MatmulInt4Args& args, const void* strips, int64_t first_row, int64_t first_column)
      : TileBlock(args, first_row, first_column),
        activations_(static_cast<const int32_t*>(strips)),
        words_(count_of(args.k, kInt4PerWord)),
        groups_(count_of(args.k, args.group_size)),
        group_words_(count_of(args.group_size, kInt4PerWord)) {}

  void make() {
    clear_sums();
    for (int64_t group = 0; group < groups_; ++group) {
      const int64_t begin = group * group_words_, end = least(begin + group_words_, words_);
      for (int64_t j = 0; j < kBlockColumns; ++j) scales_[j] = args_.scales[operand(j, group)];
      for (int64_t word = begin; word < end; word += kMostSteps * kStepWords) {
        const int64_t steps = count_of(least(end - word, kMostSteps * kStepWords), kStepWords);
        unpack_weights(group, word, steps);
        add_products(word / kStepWords, steps);
      }
    }
    finish_block(int4_values(args_));
  }

 private:
  int64_t operand(int64_t column, int64_t group) const {
    return weight_row(column) * groups_ + group;
  }

  void unpack_weights(int64_t group, int64_t first_word, int64_t steps) {
    const StepUnpacker unpacker;
    for (int64_t j = 0; j < kBlockColumns; ++j) {
      const int32_t* w = args_.w + weight_row(j) * words_;
      const int32_t zero = args_.zeros ? args_.zeros[operand(j, group)] : 8;
      int32_t* tile = weights_[0][j / kTileRows] + j % kTileRows * kTileWords;
      int64_t word = first_word;
      for (int64_t step = 0; step < steps; ++step, word += kStepWords) {
        Vector::store(tile + step * kHalves * kTileSize,
                      unpacker.unpack(w + word, words_ - word, zero));
      }
    }
  }

  void add_products(int64_t first_step, int64_t steps) {
    const int64_t size = int4_strip_size(args_);
    const int32_t* first = activations_ + first_step * kTileSize;
    for_strips([&](auto count, int64_t strip) {
      multiply_strips<Bf16Products, decltype(count)::kValue>(
          weights_, steps, {first + strip * size, size, kTileWords}, products_);
      add_scaled(strip, decltype(count)::kValue);
    });
  }

  // The columns of y are the rows of a tile.
  void add_scaled(int64_t first_strip, int64_t strips) {
    const float* product = products_[0][0];
    float* sum = sums_[first_strip][0];
    for (int64_t strip = 0; strip < strips; ++strip) {
      for (int j = 0; j < kBlockColumns; ++j, product += kTileWords, sum += kTileWords) {
        Vector::store(sum, Vector::multiply_add(Vector::load(product),
                                                Vector::broadcast(scales_[j]), Vector::load(sum)));
      }
    }
  }

  const int32_t* activations_;
  const int64_t words_, groups_, group_words_;
  alignas(64) float products_[2][kHalves][kTileSize];
  alignas(64) StepWeights weights_;
  alignas(64) float scales_[kBlockColumns];
};

void multiply_int4(const MatmulInt4Args& args, const void* strips, int64_t first_row,
                   int64_t first_column) {
  const TileRegisters registers;
  Int4Block(args, strips, first_row, first_column).make();
}

}  // namespace
}  // namespace qutlass::cpu
