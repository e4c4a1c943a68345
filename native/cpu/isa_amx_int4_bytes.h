// The int4 product of few rows by AMX tiles of bytes: for isa_amx.cc alone (see isa.h).
//
// Activations are integers of two signed bytes with a unit (block_float.h), arranged as tiles in
// which a byte of a row is a lane (int4_tiles.h). Weights become bytes by a mask and a shift, even
// nibbles in one tile and odd ones in another. So a step, 128 elements of 16 weight rows, takes two
// tile products for every strip of lanes, whose sums are exact; they are then multiplied by units
// and scales, and added up in float32, lane by lane, to be brought together at the end. Activations
// that are int8 have but one byte, and no units.
#pragma once

#include "cpu/int4_tiles.h"
#include "cpu/isa.h"
#include "cpu/isa_amx_tiles.h"

namespace qutlass::cpu {
namespace {

static_assert(kInt4StepWords == kTileWords && kInt4StripLanes == kTileWords);

// Steps whose weights are unpacked at once, for the first-level cache; the sums of all are on their
// way at once.
constexpr int kChunkSteps = 4;
// Of a step, for every lane of a group: where a step has fewer groups they are repeated.
constexpr int kStepScales = 4;

// Which products these are: as measured. Vectors take fewer rows in less time, and tiles of bf16
// more, where a group of 32 would have lanes of its own; and where K is short, so that arranging
// the second strip is not worth it.
constexpr int64_t kLeastByteRows = 4;
constexpr int64_t kMostByteRows = 16;
constexpr int64_t kMostRowsOfShortK = 8;
constexpr int64_t kLeastLongK = 2048;
// Those that are int8: at most what a block of y has (matmul_int4_integers.cc).
constexpr int64_t kLeastOneByteRows = 5;
constexpr int64_t kMostOneByteRows = 128;
// A lane adds up less than K roundings of up to 3 times the terms, for the two bytes of a value are
// up to 3 times as large: with fewer words of K that would not hold.
constexpr int64_t kLeastByteWords = 8;

// For activations of so many bytes, of so many rows.
template <int kBytes>
Int4TileLayout byte_layout(const MatmulInt4Args& args, int64_t least_rows, int64_t most_rows) {
  const int64_t words = count_of(args.k, kInt4PerWord);
  const int64_t group_words = count_of(args.group_size, kInt4PerWord);
  if (args.m < least_rows || args.m > most_rows || words < kLeastByteWords) return {};
  const bool is_whole_steps = group_words >= words || group_words % kInt4StepWords == 0;
  if (!is_whole_steps && group_words * 2 != kInt4StepWords) return {};
  Int4TileLayout layout;
  layout.groups = is_whole_steps ? 1 : 2;
  layout.strip_rows = kInt4StripLanes / (kBytes * layout.groups);
  layout.lanes = least(kInt4StripLanes, kBytes * layout.groups * args.m);
  layout.strips = count_of(args.m, layout.strip_rows);
  layout.steps = count_of(words, kInt4StepWords);
  return layout;
}

Int4TileLayout int4_byte_layout(const MatmulInt4Args& args) {
  return byte_layout<2>(args, kLeastByteRows,
                        args.k < kLeastLongK ? kMostRowsOfShortK : kMostByteRows);
}

Int4TileLayout int8_int4_layout(const MatmulInt4Args& args) {
  return byte_layout<1>(args, kLeastOneByteRows, kMostOneByteRows);
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

// What a step has of a weight row's groups, of which there are kGroups from `group` on.
template <int kGroups>
inline __m128 step_scales(const float* scales, int64_t group, int64_t groups) {
  if (kGroups == 1) return _mm_set1_ps(scales[group]);
  const int64_t count = least(groups - group, kGroups);
  const __m128 some = _mm_maskz_loadu_ps(Vector::first_lanes(count), scales + group);
  return _mm_movelh_ps(some, some);
}

template <int kGroups>
inline Vector::Int step_zeros(const int32_t* zeros, int64_t group, int64_t groups) {
  const Vector::Int first = _mm512_set1_epi8(static_cast<char>(zeros[group]));
  if (kGroups == 1 || group + 1 >= groups) return first;
  constexpr __mmask16 kSecondHalf = 0xff00;
  const Vector::Int second = _mm512_set1_epi8(static_cast<char>(zeros[group + 1]));
  return _mm512_mask_mov_epi32(first, kSecondHalf, second);
}

// A strip's tiles, transposed from its rows; what the last strip has no rows for is 0.
template <int kBytes, int kGroups>
void arrange_strip(const Int4ByteRows& x, int64_t strip, const Int4Tiles& to) {
  constexpr int kWordsOfGroup = kTileWords / kGroups;
  constexpr int64_t kParts = kBytes * kInt4StepTiles;
  const Int4TileLayout& layout = to.layout;
  const int64_t first_row = strip * layout.strip_rows;
  const int64_t rows = least(x.rows - first_row, layout.strip_rows);
  const __mmask16 lanes = Vector::first_lanes(layout.lanes);
  int32_t* tile = to.tiles + strip * layout.steps * kInt4StepTiles * kTileRows * layout.lanes;
  float* units = to.units + strip * layout.steps * kInt4StripLanes;
  for (int64_t step = 0; step < layout.steps; ++step, units += kInt4StripLanes) {
    alignas(64) float step_units[kInt4StripLanes] = {};
    for (int is_odd = 0; is_odd < kInt4StepTiles; ++is_odd) {
      Vector::Int v[kTileRows];
      for (int lane = 0; lane < kTileRows; ++lane) v[lane] = Vector::broadcast(int32_t{0});
      for (int64_t row = 0; row < rows; ++row) {
        const int32_t* words =
            x.words + (first_row + row) * x.row_words + (step * kParts + is_odd) * kTileWords;
        const float* row_units = x.units + (first_row + row) * x.row_units;
        for (int is_high = 0; is_high < kBytes; ++is_high) {
          const Vector::Int part = Vector::load(words + is_high * kInt4StepTiles * kTileWords);
          for (int group = 0; group < kGroups; ++group) {
            const int64_t lane = (kBytes * row + is_high) * kGroups + group;
            const int64_t unit = step * kGroups + group;
            const auto of_group =
                static_cast<__mmask16>(((1 << kWordsOfGroup) - 1) << group * kWordsOfGroup);
            v[lane] = _mm512_maskz_mov_epi32(of_group, part);
            if (kBytes > 1 && unit < x.row_units)
              step_units[lane] = row_units[unit] * (is_high ? 256.0f : 1.0f);
          }
        }
      }
      Vector::transpose(v);
      for (int word = 0; word < kTileRows; ++word, tile += layout.lanes) {
        _mm512_mask_storeu_epi32(tile, lanes, v[word]);
      }
    }
    Vector::store(units, Vector::load(step_units));
  }
}

template <int kBytes>
void arrange_int4_bytes(const Int4ByteRows& x, int64_t strip, const Int4Tiles& tiles) {
  tiles.layout.groups == 1 ? arrange_strip<kBytes, 1>(x, strip, tiles)
                           : arrange_strip<kBytes, 2>(x, strip, tiles);
}

// Columns of y, up to two tiles of them, with all rows of the activations: the sums of a strip are
// those of its lanes.
template <int kBytes, int kGroups>
class Int4BytesBlock : TileBlock<MatmulInt4Args, float> {
 public:
  Int4BytesBlock(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column)
      : TileBlock(args, 0, first_column, x.layout.strip_rows),
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
          add_products(strip, step, steps, strip == 0 ? next : nullptr, sums_[strip][half]);
        }
      }
    }
    for (int64_t half = 0; half < halves_; ++half) {
      for (int64_t strip = 0; strip < layout.strips; ++strip) {
        finish_strip(sums_[strip][half],
                     sums + strip * layout.strip_rows * stride + half * kTileRows, stride);
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
        const int64_t group = kGroups == 1 ? word / group_words_ : (first_step + s) * kGroups;
        const Vector::Int v = load_words(words + word, words_ - word);
        const NibbleBytes bytes =
            zeros ? nibbles_less(v, step_zeros<kGroups>(zeros, group, groups_)) : nibbles_less_8(v);
        Vector::store(weights_[s][0] + j * kTileWords, bytes.even);
        Vector::store(weights_[s][1] + j * kTileWords, bytes.odd);
        _mm_store_ps(scales_[s][j], step_scales<kGroups>(scales, group, groups_));
      }
    }
  }

  // Multiplies the weights of a chunk with a strip. Every step has a tile of sums of its own: it
  // takes long until one can be read again.
  void multiply(int64_t strip, int64_t first_step, int64_t steps) {
    static_assert(kChunkSteps == 4);
    const int64_t lanes = x_.layout.lanes, size = kInt4StepTiles * kInt4StepWords * lanes;
    const int32_t* activations = x_.tiles + (strip * x_.layout.steps + first_step) * size;
    multiply_step<0>(activations, lanes);
    if (steps > 1) multiply_step<1>(activations + size, lanes);
    if (steps > 2) multiply_step<2>(activations + 2 * size, lanes);
    if (steps > 3) multiply_step<3>(activations + 3 * size, lanes);
  }

  template <int kStep>
  [[gnu::always_inline]] void multiply_step(const int32_t* activations, int64_t lanes) {
    const int64_t row_bytes = lanes * static_cast<int64_t>(sizeof(int32_t));
    zero_tile<kStep>();
    load_tile<4>(weights_[kStep][0], kTileBytes);
    load_tile<6>(activations, row_bytes);
    add_int8_products<kStep, 4, 6>();
    load_tile<5>(weights_[kStep][1], kTileBytes);
    load_tile<7>(activations + kInt4StepWords * lanes, row_bytes);
    add_int8_products<kStep, 5, 7>();
    store_tile<kStep>(products_[kStep]);
  }

  // Adds those products to a strip's sums, and asks for the next weights.
  void add_products(int64_t strip, int64_t first_step, int64_t steps, const int32_t* next,
                    float* sums) {
    const float* units = x_.units + (strip * x_.layout.steps + first_step) * kInt4StripLanes;
    Vector::Float totals[kTileRows];
    for (int j = 0; j < kTileRows; ++j) totals[j] = Vector::load(sums + j * kTileWords);
    for (int64_t s = 0; s < steps; ++s) {
      Vector::Float unit = Vector::broadcast(weight_unit_);
      if (kBytes > 1) unit = Vector::multiply(Vector::load(units + s * kInt4StripLanes), unit);
      for (int j = 0; j < kTileRows; ++j) {
        const Vector::Int product = Vector::load(products_[s] + j * kTileWords);
        const Vector::Float scales = _mm512_broadcast_f32x4(_mm_load_ps(scales_[s][j]));
        totals[j] = Vector::multiply_add(Vector::multiply(Vector::to_float(product), unit), scales,
                                         totals[j]);
      }
      if (!next) continue;
      for (int j = 0; j < kTileRows; ++j) {
        __builtin_prefetch(next + j * words_ + s * kInt4StepWords);
      }
    }
    for (int j = 0; j < kTileRows; ++j) Vector::store(sums + j * kTileWords, totals[j]);
  }

  // Adds up the lanes of every row of activations, for a tile of columns.
  void finish_strip(const float* sums, float* out, int64_t stride) const {
    constexpr int kRowLanes = kBytes * kGroups;
    Vector::Int lanes[kTileRows];
    for (int j = 0; j < kTileRows; ++j) {
      lanes[j] = _mm512_castps_si512(Vector::load(sums + j * kTileWords));
    }
    Vector::transpose(lanes);
    for (int64_t lane = 0; lane < x_.layout.lanes; lane += kRowLanes, out += stride) {
      Vector::Float total = Vector::as_float(lanes[lane]);
      for (int i = 1; i < kRowLanes; ++i) {
        total = Vector::add(total, Vector::as_float(lanes[lane + i]));
      }
      Vector::store(out, total);
    }
  }

  const Int4Tiles& x_;
  const int64_t halves_, words_, group_words_, groups_;
  const float weight_unit_;
  alignas(64) int32_t weights_[kChunkSteps][kInt4StepTiles][kTileSize];
  alignas(64) int32_t products_[kChunkSteps][kTileSize] = {};  // lanes that no tile has stay 0
  alignas(64) float scales_[kChunkSteps][kTileRows][kStepScales];
};

template <int kBytes>
void multiply_int4_bytes(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column,
                         float* sums, int64_t stride) {
  const TileRegisters registers(static_cast<int>(x.layout.lanes));
  if (x.layout.groups == 1) {
    Int4BytesBlock<kBytes, 1>(args, x, first_column).make(sums, stride);
  } else {
    Int4BytesBlock<kBytes, 2>(args, x, first_column).make(sums, stride);
  }
}

}  // namespace
}  // namespace qutlass::cpu
