// What an instruction set offers: a table of inner kernels. The loops over rows, columns and
// threads are written once above it (matmul_int8.cc, matmul_int4.cc, quantize_*.cc).
//
// A file that is compiled for an instruction set (isa_*.cc) must leave no function behind that
// other code could be linked to, or a processor without that instruction set would run it. So such
// a file defines its table and keeps all else, the templates of the isa_*.h that it includes, in an
// anonymous namespace; it calls no inline function of another header and nothing of std.
#pragma once

#include <cstdint>

#include "qutlass/ops.h"

namespace qutlass::cpu {

// The most lanes (32-bit elements) of a vector.
constexpr int kMaxLanes = 16;
// The most rows of activations and of weights that a tile takes.
constexpr int kMaxInt8TileRows = 4;
constexpr int kMaxInt8TileColumns = 4;
constexpr int kMaxInt4TileRows = 8;
constexpr int kMaxInt4Columns = 2 * kMaxLanes;

// Products of some prepared rows of activations with `columns` packed rows of weights, over
// `words` words: sums[i * columns + j] = sum_k a[i][k] * b[j][k], plus the excess of a[i].
struct Int8Tile {
  int columns;
  void (*run)(const void* const* a, const int32_t* const* b, int64_t words, int32_t* sums);
};

// One row of an int4 weight.
struct Int4Row {
  const int32_t* words;
  const float* scales;
  const int32_t* zeros;  // or null for 8
};

// Words of the parts in which a vector handles weights: 128 bits.
constexpr int64_t kInt4PartWords = 4;

// The product of one row of activations with one weight row:
// sum over groups of scale * sum_k x[k] * (q[k] - zero).
// A group is a multiple of kInt4PartWords words, or all of K. x lies in blocks of 8 vectors of
// int4_lanes elements: in part p of vector i, lane c has element
// 32 * p + 4 * c + 16 * (i / 2 % 2) + 2 * (i % 2) + i / 4 of the block.
using Int4Dot = float (*)(const float* x, const Int4Row& row, int64_t words, int64_t group_words);

// Unpacks some words of int4_columns weight rows to w[k][column] = q - zero, and the scales of
// their groups to scales[group][column]. The words begin with a group, or lie within one.
using UnpackInt4 = void (*)(const Int4Row* rows, int64_t first_word, int64_t words,
                            int64_t group_words, float* w, float* scales);

// Adds the products of a tile's rows of activations, x[k][row], with such words to
// sums[row][column].
using Int4Tile = void (*)(const float* x, const float* w, const float* scales, int64_t words,
                          int64_t group_words, float* sums);

// How each of some columns of floats becomes integers (see quantize in qutlass/numerics.h).
struct ColumnQuantizers {
  const float* inverse;
  const float* zero;
  float lowest;
  float highest;
};

struct Isa {
  const char* name;

  // A prepared row of activations has int8_size bytes an element and is filled up with zeros to a
  // multiple of int8_step elements. Preparing returns the row's excess: what a tile's arithmetic
  // adds to each sum over the whole row.
  int64_t int8_step;
  int64_t int8_size;
  int32_t (*prepare_int8)(const int32_t* row, int64_t words, void* prepared);
  Int8Tile int8_tiles[kMaxInt8TileRows];  // for 1 ... kMaxInt8TileRows rows

  int64_t int4_lanes;  // 32-bit elements of a vector
  Int4Dot int4_dot;    // null where the tiles do one row as fast
  int64_t int4_columns;
  UnpackInt4 unpack_int4;
  int64_t int4_tile_rows;
  Int4Tile int4_tiles[kMaxInt4TileRows];  // for 1 ... int4_tile_rows rows

  // A row of k floats to int8 words with a 0 tail, for a quantizer whose inverse is not 0.
  void (*quantize_row)(const float* x, int64_t k, const Quantizer& quantizer, int32_t lowest,
                       int32_t* words);
  // `count` floats of each column, `stride` apart, to the low `count` elements, of `bits` bits, of
  // a word. Reads quantizers and writes words up to a multiple of kMaxLanes columns.
  void (*quantize_columns)(const float* x, int64_t stride, int count, int bits, int64_t columns,
                           const ColumnQuantizers& quantizers, int32_t* words);
};

extern const Isa kScalarIsa;
#if defined(__x86_64__)
extern const Isa kAvx2Isa;
extern const Isa kAvx512VnniIsa;
#endif

}  // namespace qutlass::cpu
