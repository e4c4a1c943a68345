// What an instruction set offers: a table of inner kernels. The loops over rows, columns and
// threads are written once above it (matmul_int8.cc, matmul_int4.cc, quantize_*.cc).
//
// A file that is compiled for an instruction set (isa_*.cc) must leave no function behind that
// other code could be linked to, or a processor without that instruction set would run it. So such
// a file defines its table and keeps all else, the templates of the isa_*.h that it includes, in an
// anonymous namespace; it calls no inline function of another header and nothing of std.
#pragma once

#include <cstdint>

#include "cpu/block_integers.h"
#include "qutlass/ops.h"

namespace qutlass::cpu {

// The most lanes (32-bit elements) of a vector.
constexpr int kMaxLanes = 16;
// Of a cache line.
constexpr int64_t kLineWords = 16;
// So far ahead of a tile, in memory, words of kept panels are asked for, and scales of so many
// groups. A thread goes on there with its next panel (task_shares.h).
constexpr int64_t kKeptWordsAhead = 1536;
constexpr int64_t kKeptGroupsAhead = 8;
// The most rows of activations and of weights that a tile takes.
constexpr int kMaxInt8TileRows = 6;
constexpr int kMaxInt8TileColumns = 4;
constexpr int kMaxInt4TileRows = 8;
constexpr int kMaxInt4DotRows = 4;
constexpr int kMaxInt4DotColumns = 4;
constexpr int kMaxInt4Columns = 2 * kMaxLanes;

// The form that kernels want rows of activations in. A prepared row is filled up with zeros to a
// multiple of `step` elements, has `step_bytes` for each of these, and `head_bytes` before them.
struct PreparedForm {
  int64_t step;
  int64_t step_bytes;
  int64_t head_bytes;
  // Returns the row's excess: what a tile's arithmetic adds to each sum over the whole row.
  int32_t (*prepare)(const int32_t* row, int64_t words, void* prepared);
};

// Products of some prepared rows of activations with `columns` packed rows of weights, over
// `words` words: sums[i * columns + j] = sum_k a[i][k] * b[j][k], plus the excess of a[i].
struct Int8Tile {
  int columns;
  void (*run)(const void* const* a, const int32_t* const* b, int64_t words, int32_t* sums);
};

// For many rows: weights are packed to panels, which tiles then multiply with all rows.
constexpr int kMaxPanelRows = 12;
constexpr int kMaxPanelColumns = 2 * kMaxLanes;
constexpr int64_t kMaxPanelBytes = 128 * 1024;  // but for a word more of each column
constexpr int64_t kMaxPanelElementBytes = 2;
constexpr int kColumnsAhead = 4;

struct Int8Panels {
  int rows;               // the most of a tile; 0 where there are no panels
  int least_rows;         // of a product, from which packing is worth its time
  int columns;            // of a panel
  int64_t elements;       // of K, at most, of a panel: the more, the fewer tiles that begin and end
  PreparedForm prepared;  // of the part of a row that goes with a panel
  // Packs `words` words of each column; a panel takes at most kMaxPanelElementBytes an element, of
  // words up to a multiple of a vector's, and a word more for each column.
  void (*pack)(const int32_t* const* columns, int64_t words, int32_t* panel);
  // Adds the products with 1 ... `rows` prepared rows to sums[row * stride + column], each with the
  // part of the row's excess that is due to these words.
  void (*tiles[kMaxPanelRows])(const void* const* a, const int32_t* panel, int64_t words,
                               int32_t* sums, int64_t stride);

  // Null, or the same tiles, each of which asks for these columns of the next panel meanwhile: as
  // many words of kColumnsAhead. Where it is null, all of them are asked for at once.
  void (*asking_tiles[kMaxPanelRows])(const void* const* a, const int32_t* panel, int64_t words,
                                      int32_t* sums, int64_t stride,
                                      const int32_t* const* ahead) = {};

  // Of panels that do not suit all rows, how many words of a prepared stretch take time of their
  // own, -1 where it could not be prepared; how many words there should be for each of these; and
  // the panels for when there are fewer. Otherwise null.
  int64_t (*listed_words)(const void* prepared) = nullptr;
  int64_t least_words_a_listed = 0;
  const Int8Panels* otherwise = nullptr;
};

// Panels that weights are kept in, packed once for all products (prepacked_int8.h): for each column
// so many words, and those of its weights, with 128 added to every byte, up to a multiple of
// step_words.
struct KeptInt8Panels {
  // For any number of rows; those they do not suit have others, of the same packed weights. The
  // tiles that ask for weights do so for their own panel's, and for what follows it in memory.
  const Int8Panels* panels;
  int64_t head_words;
  int64_t step_words;
};

// Exact products of packed integers: of two int8 operands, or of two int4 ones.
struct IntegerKernels {
  PreparedForm prepared;
  int tile_rows;
  Int8Tile tiles[kMaxInt8TileRows];  // for 1 ... tile_rows rows
  Int8Panels panels;
  const KeptInt8Panels* kept = nullptr;  // null where weights are best kept as they are
};

// The groups of some words of a panel of words: [group][column].
struct Int4PanelGroups {
  const float* scales;
  const int32_t* zeros;  // or null for 8
};

// Such words, [word][column] (Int4WordPanels), of so many columns.
struct Int4WordPanel {
  const int32_t* words;
  Int4PanelGroups groups;
  int64_t columns;
};

// One row of an int4 weight.
struct Int4Row {
  const int32_t* words;
  const float* scales;
  const int32_t* zeros;  // or null for 8
};

// Some of them, each so many words and groups after the one before.
struct Int4Rows {
  Int4Row first;
  int64_t row_words;
  int64_t row_groups;
  int64_t count;
};

// How a kernel wants the integers of activations (block_float.h) that go with a vector of words.
enum class Int4Order {
  // Nibble 0 of each 16-bit half of the words, nibble 1 of each, ...; with a unit for each block,
  // and the negative sums of the integers of each lane of it.
  kHalves,
  // As bytes of int8 rows, to be arranged in tiles (int4_tiles.h).
  kTiles,
  // As bytes with 128 added, word by word, with a unit for each block (isa_int4_byte_panel.h).
  kUnsignedBytes,
  // As bytes, word by word, with a unit and a negative sum for each block, the latter times 8 for
  // weights without zero points (isa_int4_word_panel.h).
  kSignedBytes,
};

// A tile's rows of activations in block floating point (block_float.h), from some block on. The
// next row is so many parts of integers, units and sums on.
struct BlockFloats {
  const int32_t* values;
  const float* units;
  const int32_t* negative_sums;
  int64_t row_values;
  int64_t row_units;
  int64_t row_sums;
  // A mask a row: only blocks whose number has none of its bits count in Int4PanelSums::magnitudes.
  const int32_t* magnitude_masks;
};

// Adds the products of a tile's rows with weight rows over the words begin ... end, of which
// `begin` is the first of a block, to sums[row * stride + weight row]: sum over groups of scale *
// sum_k x[k] * (q[k] - zero). Sums beyond the weight rows, up to a multiple of kMaxInt4DotColumns,
// become anything.
using Int4DotTile = void (*)(const BlockFloats& x, const Int4Rows& weights, int64_t begin,
                             int64_t end, int64_t group_words, float* sums, int64_t stride);

// Tiles for groups that are whole blocks, or for ones that share a vector. Those for integers of
// one byte take no units.
struct Int4Dots {
  Int4Order order;
  int block_vectors;                   // vectors of words that are a block of activations
  int groups_of_vector;                // where it is not 1, a group has that part of a vector
  int rows;                            // the most of a tile
  Int4DotTile tiles[kMaxInt4DotRows];  // for 1 ... `rows` rows
};

constexpr int64_t kInt4PanelBlockWords = 16;

// Where the tiles of panels add their products up: sums[row * stride + column], and, unless it is
// null, the magnitudes of what some blocks (BlockFloats) add to that, in the same order.
struct Int4PanelSums {
  float* sums;
  float* magnitudes;
  int64_t stride;
};

// The same for many rows: weights are packed to panels, in chunks of K that begin with a group or
// lie within one. For groups of any size.
struct Int4Panels {
  Int4Order order;
  int rows;          // the most of a tile; 0 where there are no panels
  int least_rows;    // from which packing is worth its time
  int columns;       // of a panel
  int64_t elements;  // of K, at most, of a panel; whole blocks
  // Packs `words` words of each row of weights.
  // scales[group of the chunk][column] are the scales.
  void (*pack)(const Int4Row* rows, int64_t first_word, int64_t words, int64_t group_words,
               int32_t* panel, float* scales);
  // Adds the products of a tile's rows with such a panel to the sums. The integers at `x` are in
  // the order of single words; its units are of blocks of kInt4PanelBlockWords, of which the last
  // of a group or of K may be short.
  void (*tiles[kMaxPanelRows])(const BlockFloats& x, const int32_t* panel, const float* scales,
                               int64_t words, int64_t group_words, const Int4PanelSums& sums);
  // Packs so many words of columns of a panel of words, from where they are; null where weights are
  // not kept so.
  void (*pack_words)(const Int4WordPanel& from, int64_t words, int64_t group_words, int32_t* panel,
                     float* scales) = nullptr;
};

// The same of panels whose words are as they were, [word][column]: tiles unpack them in registers.
// Such panels need no more time than it takes to interleave words, so they are for few rows, too,
// and weights may be kept in them (prepacked_int4.h).
constexpr int kMaxWordPanelRows = 6;
struct Int4WordPanels {
  int rows;     // the most of a tile
  int columns;  // of a panel
  // to[i][column] = columns[column][i], of `count` elements each: of words, scales or zeros.
  void (*interleave)(const int32_t* const* columns, int64_t count, int32_t* to);
  // With activations in the order kSignedBytes.
  void (*tiles[kMaxWordPanelRows])(const BlockFloats& x, const Int4WordPanel& panel, int64_t words,
                                   int64_t group_words, const Int4PanelSums& sums);
};

// Unpacks some words of int4_columns weight rows to w[k][column] = q - zero, and the scales of
// their groups to scales[group][column]. The words begin with a group, or lie within one.
using UnpackInt4 = void (*)(const Int4Row* rows, int64_t first_word, int64_t words,
                            int64_t group_words, float* w, float* scales);

// Adds the products of a tile's rows of activations, x[k][row], with such words to
// sums[row][column].
using Int4Tile = void (*)(const float* x, const float* w, const float* scales, int64_t words,
                          int64_t group_words, float* sums);

// The kernels of int4 products whose activations are integers of one size.
struct Int4Kernels {
  const Int4Dots* dots;  // in order of preference
  int dots_count;        // 0 where other kernels do as well
  Int4Panels panels;
  const Int4WordPanels* word_panels = nullptr;  // or null
};

// How each of some columns of floats becomes integers (see quantize in qutlass/numerics.h).
struct ColumnQuantizers {
  const float* inverse;
  const float* zero;
  float lowest;
  float highest;
};

// Whether the residuals of a row of activations count in a result: where they may change it by more
// than is granted (int4_residuals.cc). Each array has an element a column.
struct ResidualTest {
  const float* sums;  // without bias
  const float* magnitudes;
  const float* biases;
  const float* largest_scales;
  float most;       // times the largest scale: what residuals change a result by at most
  float ulps;       // granted, times the magnitude of the result
  float roundings;  // granted, times `magnitudes`
};

struct Isa {
  const char* name;

  IntegerKernels int8;

  int64_t int4_lanes;                                         // words of a vector
  Int4Kernels int4;                                           // of integers of two bytes
  Int4Kernels int8_int4;                                      // of one
  float (*largest_magnitude)(const float* x, int64_t count);  // max |x|; NaN does not count
  MakeBlockIntegers block_integers;                           // or null for the portable one
  // In any of some columns, a multiple of kMaxLanes; or null for the portable one.
  bool (*any_residual_counts)(const ResidualTest& test, int64_t columns);
  int64_t int4_columns;
  UnpackInt4 unpack_int4;
  int64_t int4_tile_rows;
  Int4Tile int4_tiles[kMaxInt4TileRows];  // for 1 ... int4_tile_rows rows

  // y[0 ... size - 1] of a row whose scale is `sa` or `scale`, from its sums, which are read, as
  // `sb`, up to whole vectors; `bias` may be null.
  void (*finish_int8)(const int32_t* sums, int64_t size, float sa, const float* sb,
                      const float* bias, Activation activation, float* y);
  void (*finish_int4)(const float* sums, int64_t size, float scale, const float* bias,
                      Activation activation, float* y);

  // A row of k floats to int8 words with a 0 tail, for a quantizer whose inverse is not 0.
  void (*quantize_row)(const float* x, int64_t k, const Quantizer& quantizer, int32_t lowest,
                       int32_t highest, int32_t* words);
  // `count` floats of each column, `stride` apart, to the low `count` elements, of `bits` bits, of
  // a word. Reads quantizers and writes words up to a multiple of kMaxLanes columns.
  void (*quantize_columns)(const float* x, int64_t stride, int count, int bits, int64_t columns,
                           const ColumnQuantizers& quantizers, int32_t* words);

  // max |x|; +Inf or NaN where a value is not finite.
  float (*row_magnitude)(const float* x, int64_t k);
  // `count` floats, whole blocks of them, rotated (see HadamardArgs and RotateArgs); y may be x for
  // hadamard.
  void (*hadamard)(const float* x, int64_t count, int64_t block_size, float factor, float* y);
  void (*rotate)(const float* x, int64_t count, const float* matrix, int64_t block_size, float* y);
  // The sums of the squares of every sum_lanes floats, of which the last may be fewer: each the sum
  // of a binary tree over adjacent ones. Writes sums up to a multiple of sum_lanes.
  int64_t sum_lanes;
  void (*sum_squares)(const float* x, int64_t count, float* sums);

  IntegerKernels int4_int4;
};

// Whether an instruction set's panels fit the memory that there is for them (panel_memory.h).
template <typename Panels>
constexpr bool fits(const Panels& panels) {
  return panels.elements * panels.columns * kMaxPanelElementBytes <= kMaxPanelBytes &&
         panels.elements % (kInt4PanelBlockWords * kInt4PerWord) == 0;
}
constexpr bool panels_fit(const Isa& isa) {
  return fits(isa.int8.panels) && fits(isa.int4.panels) && fits(isa.int8_int4.panels) &&
         fits(isa.int4_int4.panels);
}

extern const Isa kScalarIsa;
extern const Isa kAvx2Isa;
extern const Isa kAvxVnniIsa;
extern const Isa kAvx512VnniIsa;
extern const Isa kNeonDotIsa;

}  // namespace qutlass::cpu
