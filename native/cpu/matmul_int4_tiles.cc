#include "cpu/matmul_int4_tiles.h"

#include <algorithm>

#include "cpu/parallel.h"
#include "cpu/row_tiles.h"

namespace qutlass::cpu {
namespace {

// A block of y has up to this many rows and panels of columns, and takes K in chunks of words, so
// that a chunk of unpacked weights fits the first-level cache and the chunk's activations the
// second. A block is on the stack: at most 32 KiB of weights, 32 KiB of sums, 4 KiB of scales.
constexpr int64_t kBlockRows = 64;
constexpr int64_t kBlockPanels = 4;
constexpr int64_t kChunkWords = 32;

// Prepared activations have, for each tile, x[k][row] as bf16 values, with zeros up to whole words.
template <typename T>
T* tile_x(const Int4Product& product, const RowTiles& tiles, T* x, int64_t tile) {
  return x + tiles.first(tile) * product.words * kInt4PerWord;
}

void prepare_tile(const Int4Product& product, const RowTiles& tiles, int64_t tile, float* x) {
  const int64_t k_size = product.args.k, rows = tiles.rows(tile);
  const float* from = product.args.x + tiles.first(tile) * k_size;
  float* prepared = tile_x(product, tiles, x, tile);
  for (int64_t k = 0; k < k_size; ++k) {
    for (int64_t i = 0; i < rows; ++i) prepared[k * rows + i] = round_to_bf16(from[i * k_size + k]);
  }
  std::fill(prepared + k_size * rows, prepared + product.words * kInt4PerWord * rows, 0.0f);
}

// The tiles begin ... end of rows with some panels of columns, of which the last may be short.
class Block {
 public:
  Block(const Int4Product& product, const RowTiles& tiles, const float* x, int64_t begin,
        int64_t end, int64_t first_column)
      : product_(product),
        isa_(product.isa),
        tiles_(tiles),
        x_(x),
        begin_(begin),
        end_(end),
        first_row_(tiles.first(begin)),
        rows_(tiles.first(end) - first_row_),
        first_column_(first_column),
        columns_(std::min(product.args.n - first_column, kBlockPanels * isa_.int4_columns)) {}

  void make() {
    for (int64_t panel = 0; panel < panels(); ++panel) {
      std::fill_n(sums_[panel], rows_ * isa_.int4_columns, 0.0f);
    }
    for (int64_t word = 0, words; word < product_.words; word += words) {
      words = product_.chunk_words(word, kChunkWords);
      for (int64_t panel = 0; panel < panels(); ++panel) add_chunk(word, words, panel);
    }
    for (int64_t panel = 0; panel < panels(); ++panel) finish(panel);
  }

 private:
  int64_t panels() const { return divide_up(columns_, isa_.int4_columns); }
  int64_t first_column(int64_t panel) const { return first_column_ + panel * isa_.int4_columns; }

  // Adds the products over some words of K to a panel's sums.
  void add_chunk(int64_t word, int64_t words, int64_t panel) {
    Int4Row rows[kMaxInt4Columns];
    for (int64_t j = 0; j < isa_.int4_columns; ++j) {
      // A panel that goes beyond the last weight row repeats it.
      const int64_t n = std::min(first_column(panel) + j, product_.args.n - 1);
      rows[j] = product_.kept ? copied_row(n, word, words, copies_[j]) : product_.row(n);
    }
    isa_.unpack_int4(rows, product_.kept ? 0 : word, words, product_.group_words, w_, scales_);
    for (int64_t tile = begin_; tile < end_; ++tile) {
      const int64_t tile_rows = tiles_.rows(tile);
      const float* x = tile_x(product_, tiles_, x_, tile) + word * kInt4PerWord * tile_rows;
      float* sums = sums_[panel] + (tiles_.first(tile) - first_row_) * isa_.int4_columns;
      isa_.int4_tiles[tile_rows - 1](x, w_, scales_, words, product_.group_words, sums);
    }
  }

  // A chunk of a row of prepacked weights, and its groups.
  struct Copy {
    int32_t words[kChunkWords];
    float scales[kChunkWords];
    int32_t zeros[kChunkWords];
  };
  Int4Row copied_row(int64_t n, int64_t word, int64_t words, Copy& copy) const {
    const MatmulInt4Args& args = product_.args;
    const int64_t group = word / product_.group_words;
    const int64_t groups = divide_up(words, product_.group_words);
    for (int64_t i = 0; i < words; ++i) {
      copy.words[i] = static_cast<int32_t>(product_.word(n, word + i));
    }
    for (int64_t i = 0; i < groups; ++i) {
      copy.scales[i] = product_.scale(n, group + i);
      copy.zeros[i] = product_.zero(n, group + i);
    }
    return {copy.words, copy.scales, args.zeros ? copy.zeros : nullptr};
  }

  void finish(int64_t panel) const {
    const int64_t columns = std::min(isa_.int4_columns, columns_ - panel * isa_.int4_columns);
    for (int64_t i = 0; i < rows_; ++i) {
      product_.finish_row(first_row_ + i, first_column(panel), columns,
                          sums_[panel] + i * isa_.int4_columns);
    }
  }

  const Int4Product& product_;
  const Isa& isa_;
  const RowTiles& tiles_;
  const float* x_;
  const int64_t begin_, end_, first_row_, rows_, first_column_, columns_;
  alignas(64) float sums_[kBlockPanels][kBlockRows * kMaxInt4Columns];
  alignas(64) float w_[kChunkWords * kInt4PerWord * kMaxInt4Columns];
  alignas(64) float scales_[kChunkWords * kMaxInt4Columns];
  Copy copies_[kMaxInt4Columns];
};

}  // namespace

int64_t int4_tiles_floats(const Int4Product& product) {
  return product.args.m * product.words * kInt4PerWord;
}

void multiply_int4_tiles(const Int4Product& product, float* x) {
  const Isa& isa = product.isa;
  const RowTiles tiles(product.args.m, isa.int4_tile_rows);
  parallel_for(tiles.count, product.args.m * product.args.k,
               [&](int64_t tile) { prepare_tile(product, tiles, tile, x); });
  const int64_t block_tiles = kBlockRows / isa.int4_tile_rows;
  const int64_t block_columns = kBlockPanels * isa.int4_columns;
  const int64_t row_blocks = divide_up(tiles.count, block_tiles);
  const int64_t column_blocks = divide_up(product.args.n, block_columns);
  parallel_for(row_blocks * column_blocks, product.work(), [&](int64_t task) {
    const int64_t begin = task / column_blocks * block_tiles;
    const int64_t end = std::min(begin + block_tiles, tiles.count);
    Block(product, tiles, x, begin, end, task % column_blocks * block_columns).make();
  });
}

}  // namespace qutlass::cpu
