// The int8 product: activations are prepared once, then every task makes a block of y.
//
// A tile keeps its sums in registers while it runs along K, which is contiguous on both sides, so
// the weights are read as they are stored. K is cut so that a tile's rows of activations stay in
// the first-level cache while the weights of the block come from the second.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/epilogue.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "cpu/rounding.h"
#include "cpu/workspace.h"

namespace qutlass::cpu {
namespace {

// A block of y: its sums fill 16 KiB of the stack.
constexpr int64_t kBlockRows = 128;
constexpr int64_t kBlockColumns = 32;
// Words of K between two additions to the block's sums; a multiple of every instruction set's step.
constexpr int64_t kWordsAtOnce = 512;
// Simple operations a product.
constexpr int64_t kProductsPerWork = 4;

constexpr uint32_t kWordOfOnes = 0x01010101u;

// Sums wrap around: terms that are beyond int32 (a row's excess) are taken off again.
int32_t wrapping_add(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) + static_cast<uint32_t>(b));
}
int32_t wrapping_subtract(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
}
int32_t wrapping_multiply(int32_t a, int32_t b) {
  return static_cast<int32_t>(static_cast<uint32_t>(a) * static_cast<uint32_t>(b));
}

// Prepared rows (see isa.h): those of a, and with zero points one more, of ones, whose products
// are the sums of the weights' rows.
struct PreparedRows {
  int64_t row_bytes;
  int64_t word_bytes;
  char* rows;
  int32_t* excess;

  PreparedRows(const Isa& isa, int64_t count, int64_t words, Workspace& workspace)
      : word_bytes(kInt8PerWord * isa.int8_size) {
    row_bytes = round_up(words, isa.int8_step / kInt8PerWord) * word_bytes;
    rows = workspace.take<char>(count * row_bytes);
    excess = workspace.take<int32_t>(count);
  }

  void prepare(const Isa& isa, int64_t row, const int32_t* values, int64_t words) const {
    excess[row] = isa.prepare_int8(values, words, rows + row * row_bytes);
  }
  const void* at(int64_t row, int64_t word) const {
    return rows + row * row_bytes + word * word_bytes;
  }
};

struct Plan {
  PreparedRows a;
  int32_t* ones;  // a row of words, each of four ones; none without zero points

  Plan(const Isa& isa, const MatmulInt8Args& args, Workspace& workspace)
      : a(isa, args.m + (args.a_zero ? 1 : 0), args.words, workspace),
        ones(workspace.take<int32_t>(args.a_zero ? args.words : 0)) {}
};

void prepare_rows(const Isa& isa, const MatmulInt8Args& args, const Plan& plan) {
  parallel_for(args.m, args.m * args.words, [&](int64_t row) {
    plan.a.prepare(isa, row, args.a + row * args.words, args.words);
  });
  if (!args.a_zero) return;
  std::fill_n(plan.ones, args.words, static_cast<int32_t>(kWordOfOnes));
  plan.a.prepare(isa, args.m, plan.ones, args.words);
}

// The sums of prepared rows and weight rows of a block; sums[row * kBlockColumns + column].
struct SumsBlock {
  const Isa& isa;
  const MatmulInt8Args& args;
  const Plan& plan;
  int64_t first_column;
  int64_t columns;

  // Sums over all of K, less the rows' excess.
  void run(int64_t first_row, int64_t rows, int32_t* sums) const {
    std::fill_n(sums, rows * kBlockColumns, 0);
    for (int64_t word = 0; word < args.words; word += kWordsAtOnce) {
      for (int64_t row = 0; row < rows; row += kMaxInt8TileRows) {
        const int64_t tile_rows = std::min<int64_t>(rows - row, kMaxInt8TileRows);
        add_rows(first_row + row, tile_rows, word, sums + row * kBlockColumns);
      }
    }
    for (int64_t row = 0; row < rows; ++row) {
      int32_t* row_sums = sums + row * kBlockColumns;
      const int32_t excess = plan.a.excess[first_row + row];
      for (int64_t j = 0; j < columns; ++j) row_sums[j] = wrapping_subtract(row_sums[j], excess);
    }
  }

 private:
  // Adds the products of a tile's rows with all columns over the words from `word` on.
  void add_rows(int64_t first_row, int64_t rows, int64_t word, int32_t* sums) const {
    const Int8Tile& tile = isa.int8_tiles[rows - 1];
    const int64_t words = std::min(args.words - word, kWordsAtOnce);
    const void* a[kMaxInt8TileRows];
    for (int64_t i = 0; i < rows; ++i) a[i] = plan.a.at(first_row + i, word);
    for (int64_t column = 0; column < columns; column += tile.columns) {
      const int32_t* b[kMaxInt8TileColumns];
      // A tile that goes beyond the block repeats its last column.
      for (int64_t j = 0; j < tile.columns; ++j) {
        b[j] = args.b + (first_column + std::min(column + j, columns - 1)) * args.words + word;
      }
      int32_t tile_sums[kMaxInt8TileRows * kMaxInt8TileColumns];
      tile.run(a, b, words, tile_sums);
      const int64_t tile_columns = std::min<int64_t>(tile.columns, columns - column);
      for (int64_t i = 0; i < rows; ++i) {
        int32_t* row_sums = sums + i * kBlockColumns + column;
        for (int64_t j = 0; j < tile_columns; ++j) {
          row_sums[j] = wrapping_add(row_sums[j], tile_sums[i * tile.columns + j]);
        }
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

void make_block(const Isa& isa, const MatmulInt8Args& args, const Plan& plan, int64_t first_row,
                int64_t first_column) {
  const int64_t rows = std::min(args.m - first_row, kBlockRows);
  const int64_t columns = std::min(args.n - first_column, kBlockColumns);
  const SumsBlock block{isa, args, plan, first_column, columns};
  int32_t sums[kBlockRows * kBlockColumns];
  block.run(first_row, rows, sums);
  int32_t b_sums[kBlockColumns];
  if (args.a_zero) block.run(args.m, 1, b_sums);

  float sb[kBlockColumns];
  for (int64_t j = 0; j < columns; ++j) sb[j] = args.sb[args.sb_is_scalar ? 0 : first_column + j];
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t row = first_row + i;
    int32_t* row_sums = sums + i * kBlockColumns;
    if (args.a_zero) subtract_zero_point(args.a_zero[row], b_sums, columns, row_sums);
    finish_int8(row_sums, columns, args.sa[args.sa_is_scalar ? 0 : row], sb,
                args.bias ? args.bias + first_column : nullptr, args.activation,
                args.y + row * args.n + first_column);
  }
}

}  // namespace

size_t workspace_bytes(const MatmulInt8Args& args) {
  Workspace workspace(nullptr);
  const Plan plan(*configuration().isa, args, workspace);
  return workspace.bytes();
}

const char* matmul_int8(const MatmulInt8Args& args, void* memory) {
  if (const char* error = configuration_error()) return error;
  if (args.m == 0 || args.n == 0) return nullptr;
  const Isa& isa = *configuration().isa;
  Workspace workspace(memory);
  const Plan plan(isa, args, workspace);
  prepare_rows(isa, args, plan);
  const int64_t row_blocks = divide_up(args.m, kBlockRows);
  const int64_t column_blocks = divide_up(args.n, kBlockColumns);
  const int64_t work = args.m * args.n * args.words * kInt8PerWord / kProductsPerWork;
  parallel_for(row_blocks * column_blocks, work, [&](int64_t task) {
    make_block(isa, args, plan, task / column_blocks * kBlockRows,
               task % column_blocks * kBlockColumns);
  });
  return nullptr;
}

}  // namespace qutlass::cpu
