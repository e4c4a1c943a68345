// Exact products of integers: activations are prepared once, then every task makes a block of y.
//
// A tile keeps its sums in registers while it runs along K. With few rows, it reads the weights as
// they are stored, K being contiguous on both sides. With many, a task first packs its weights to
// panels, unless they were kept in panels.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/integer_plan.h"
#include "cpu/integer_product.h"
#include "cpu/kernels.h"
#include "cpu/matmul_matrices.h"
#include "cpu/panel_memory.h"
#include "cpu/parallel.h"
#include "cpu/prefetch.h"
#include "cpu/row_tiles.h"
#include "cpu/wrapping.h"

namespace qutlass::cpu {
namespace {

// A block of y: its sums fill 16 KiB of the stack.
constexpr int64_t kBlockRows = 128;
constexpr int64_t kBlockColumns = 32;
static_assert(kBlockColumns % kMaxPanelColumns == 0, "panels do not go beyond a block's sums");
// Bytes of a tile's activations that are used for all columns of a block before the next: they fit
// the second-level cache. Longer stretches of weights than the first-level one would allow stream
// faster.
constexpr int64_t kTileBytes = 128 * 1024;
// Simple operations a product.
constexpr int64_t kProductsPerWork = 4;

// The sums of prepared rows and weight rows of a block; sums[row * kBlockColumns + column].
struct SumsBlock {
  const IntegerProduct& product;
  const MatmulInt8Args& args;
  const PreparedRows& prepared;
  const Int8Panels* panels;   // or null for tiles
  const PrepackedInt8* kept;  // where the weights are in panels already, else null
  int64_t first_column;
  int64_t columns;

  // Sums over all of K, less the rows' excess.
  void run(int64_t first_row, int64_t rows, int32_t* sums) const {
    for (int64_t row = 0; row < rows; ++row) {
      std::fill_n(sums + row * kBlockColumns, kBlockColumns,
                  wrapping_subtract(0, prepared.excess[first_row + row]));
    }
    if (kept) {
      add_kept_panels(first_row, rows, sums);
    } else if (panels) {
      add_panels(first_row, rows, sums);
    } else {
      add_tiles(first_row, rows, sums);
    }
  }

 private:
  const int32_t* weights(int64_t column, int64_t word) const {
    return args.b + (first_column + column) * args.words + word;
  }

  void add_panels(int64_t first_row, int64_t rows, int32_t* sums) const {
    int32_t* const panel = panel_memory().panel;
    for (int64_t stretch = 0; stretch < prepared.stretches(); ++stretch) {
      for (int64_t column = 0; column < columns; column += panels->columns) {
        const int32_t* b[kMaxPanelColumns];
        // A panel that goes beyond the block repeats its last column.
        for (int64_t j = 0; j < panels->columns; ++j) {
          b[j] = weights(std::min(column + j, columns - 1), first_word(stretch));
        }
        panels->pack(b, words_of(stretch), panel);
        multiply_panel(first_row, rows, panel, stretch, next_panel(stretch, column), sums + column);
      }
    }
  }

  // In the order in which they lie in memory.
  void add_kept_panels(int64_t first_row, int64_t rows, int32_t* sums) const {
    const RowTiles tiles(rows, panels->rows);
    for (int64_t column = 0; column < columns; column += panels->columns) {
      for (int64_t stretch = 0; stretch < prepared.stretches(); ++stretch) {
        const int32_t* panel = kept->stretch(args.b, first_column + column, stretch);
        for (int64_t tile = 0; tile < tiles.count; ++tile) {
          const PanelRows a(*this, first_row + tiles.first(tile), tiles.rows(tile), stretch);
          int32_t* const tile_sums = sums + tiles.first(tile) * kBlockColumns + column;
          if (tile == 0) {
            panels->asking_tiles[a.count - 1](a.rows, panel, words_of(stretch), tile_sums,
                                              kBlockColumns, nullptr);
          } else {
            panels->tiles[a.count - 1](a.rows, panel, words_of(stretch), tile_sums, kBlockColumns);
          }
        }
      }
    }
  }

  // A tile's prepared rows.
  struct PanelRows {
    const void* rows[kMaxPanelRows];
    int64_t count;

    PanelRows(const SumsBlock& block, int64_t first, int64_t count, int64_t stretch)
        : count(count) {
      for (int64_t i = 0; i < count; ++i) rows[i] = block.prepared.stretch(first + i, stretch);
    }
  };

  int64_t first_word(int64_t stretch) const { return stretch * prepared.stretch_words; }
  int64_t words_of(int64_t stretch) const {
    return std::min(args.words - first_word(stretch), prepared.stretch_words);
  }

  // Columns of the block, or of the next one, that will be packed; maybe none.
  struct PanelAhead {
    int64_t stretch;
    int64_t begin, end;
  };

  PanelAhead next_panel(int64_t stretch, int64_t column) const {
    const bool ends_stretch = column + panels->columns >= columns;
    const bool ends_block = ends_stretch && stretch + 1 == prepared.stretches();
    const int64_t begin = ends_block ? columns : ends_stretch ? 0 : column + panels->columns;
    const int64_t limit = ends_block ? args.n - first_column : columns;
    return {ends_block     ? 0
            : ends_stretch ? stretch + 1
                           : stretch,
            begin, std::min<int64_t>(begin + panels->columns, limit)};
  }

  // Adds the products of all rows with a panel, and asks for the next one.
  void multiply_panel(int64_t first_row, int64_t rows, const int32_t* panel, int64_t stretch,
                      const PanelAhead& next, int32_t* sums) const {
    const RowTiles tiles(rows, panels->rows);
    const bool tiles_ask = panels->asking_tiles[0] != nullptr;
    if (!tiles_ask) prefetch_panel(next);
    for (int64_t tile = 0; tile < tiles.count; ++tile) {
      const PanelRows a(*this, first_row + tiles.first(tile), tiles.rows(tile), stretch);
      int32_t* const tile_sums = sums + tiles.first(tile) * kBlockColumns;
      const int64_t ahead = next.begin + tile * kColumnsAhead;
      if (tiles_ask && ahead < next.end) {
        const int32_t* b[kColumnsAhead];
        for (int64_t j = 0; j < kColumnsAhead; ++j) {
          b[j] = weights(std::min(ahead + j, next.end - 1), first_word(next.stretch));
        }
        panels->asking_tiles[a.count - 1](a.rows, panel, words_of(stretch), tile_sums,
                                          kBlockColumns, b);
      } else {
        panels->tiles[a.count - 1](a.rows, panel, words_of(stretch), tile_sums, kBlockColumns);
      }
    }
  }

  void prefetch_panel(const PanelAhead& next) const {
    for (int64_t column = next.begin; column < next.end; ++column) {
      prefetch_words(weights(column, first_word(next.stretch)), words_of(next.stretch));
    }
  }

  void add_tiles(int64_t first_row, int64_t rows, int32_t* sums) const {
    const RowTiles tiles(rows, product.kernels.tile_rows);
    const int64_t words = words_at_once(rows);
    for (int64_t word = 0; word < args.words; word += words) {
      for (int64_t tile = 0; tile < tiles.count; ++tile) {
        add_rows(first_row + tiles.first(tile), tiles.rows(tile), word,
                 std::min(args.words - word, words), sums + tiles.first(tile) * kBlockColumns);
      }
    }
  }

  // Words of K between two additions to the block's sums: whole steps of the instruction set.
  int64_t words_at_once(int64_t rows) const {
    const int64_t tile_rows = std::min<int64_t>(rows, product.kernels.tile_rows);
    return kTileBytes / (tile_rows * prepared.form.step_bytes) * prepared.step_words;
  }

  // Adds the products of a tile's rows with all columns over `words` words from `word` on.
  void add_rows(int64_t first_row, int64_t rows, int64_t word, int64_t words, int32_t* sums) const {
    const Int8Tile& tile = product.kernels.tiles[rows - 1];
    const void* a[kMaxInt8TileRows];
    for (int64_t i = 0; i < rows; ++i) a[i] = prepared.at(first_row + i, word);
    // A tile's columns are far from each other, so that each of them goes on with the next tile
    // where it ends with this one: the processor then fetches ahead. One beyond the block repeats
    // its last.
    const int64_t tile_count = divide_up(columns, tile.columns);
    for (int64_t t = 0; t < tile_count; ++t) {
      const int32_t* b[kMaxInt8TileColumns];
      for (int64_t j = 0; j < tile.columns; ++j) {
        b[j] = weights(std::min(t + j * tile_count, columns - 1), word);
      }
      int32_t tile_sums[kMaxInt8TileRows * kMaxInt8TileColumns];
      tile.run(a, b, words, tile_sums);
      for (int64_t j = 0, column = t; j < tile.columns && column < columns; ++j) {
        for (int64_t i = 0; i < rows; ++i) {
          int32_t& sum = sums[i * kBlockColumns + column];
          sum = wrapping_add(sum, tile_sums[i * tile.columns + j]);
        }
        column += tile_count;
      }
    }
  }
};

// Takes zero * (sum of b's row) off a row of sums.
void subtract_zero_point(int32_t zero, const int32_t* b_sums, int64_t columns, int32_t* sums) {
  for (int64_t j = 0; j < columns; ++j) {
    sums[j] = wrapping_subtract(sums[j], wrapping_multiply(zero, b_sums[j]));
  }
}

void make_block(const IntegerProduct& product, const MatmulInt8Args& args, const IntegerPlan& plan,
                int64_t first_row, int64_t rows, int64_t first_column) {
  const int64_t columns = std::min(args.n - first_column, kBlockColumns);
  int32_t sums[kBlockRows * kBlockColumns], b_sums[kBlockColumns];
  const PrepackedInt8* kept = plan.kept ? &*plan.kept : nullptr;
  SumsBlock{product, args, plan.a, plan.panels, kept, first_column, columns}.run(first_row, rows,
                                                                                 sums);
  if (sums_weights(args)) {
    SumsBlock{product, args, plan.ones, nullptr, nullptr, first_column, columns}.run(0, 1, b_sums);
  } else if (args.a_zero) {
    for (int64_t j = 0; j < columns; ++j) b_sums[j] = *kept->sum(args.b, first_column + j);
  }

  float sb[kBlockColumns] = {};
  for (int64_t j = 0; j < columns; ++j) sb[j] = args.sb[args.sb_is_scalar ? 0 : first_column + j];
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t row = first_row + i;
    int32_t* row_sums = sums + i * kBlockColumns;
    if (args.a_zero) subtract_zero_point(args.a_zero[row], b_sums, columns, row_sums);
    product.isa.finish_int8(row_sums, columns, args.sa[args.sa_is_scalar ? 0 : row], sb,
                            args.bias ? args.bias + first_column : nullptr, args.activation,
                            args.y + row * args.n + first_column);
  }
}

IntegerProduct int8_product() {
  const Isa& isa = *configuration().isa;
  return {isa, isa.int8, kInt8PerWord};
}

const MatrixProduct<MatmulInt8Args>* matrix_product(const MatmulInt8Args& args) {
  const MatrixUnit* matrices = configuration().matrices;
  if (!matrices) return nullptr;
  return args.b_is_prepacked ? &matrices->kept_int8 : &matrices->int8;
}

}  // namespace

void multiply_integers(const IntegerProduct& product, const MatmulInt8Args& args, void* memory) {
  const IntegerPlan plan = prepared_plan(product, args, memory);
  const RowTiles row_blocks(args.m, kBlockRows);
  const int64_t column_blocks = divide_up(args.n, kBlockColumns);
  const int64_t work = args.m * args.n * args.words * product.per_word / kProductsPerWork;
  parallel_for(row_blocks.count * column_blocks, work, [&](int64_t task) {
    const int64_t block = task / column_blocks;
    make_block(product, args, plan, row_blocks.first(block), row_blocks.rows(block),
               task % column_blocks * kBlockColumns);
  });
}

size_t workspace_bytes(const MatmulInt8Args& args) {
  return std::max(workspace_bytes(int8_product(), args),
                  matrices_bytes(matrix_product(args), args));
}

const char* matmul_int8(const MatmulInt8Args& args, void* memory) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  if (!multiply_matrices(matrix_product(args), args, args.words * kInt8PerWord, memory)) {
    multiply_integers(int8_product(), args, memory);
  }
  return nullptr;
}

}  // namespace qutlass::cpu
