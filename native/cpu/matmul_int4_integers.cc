#include "cpu/matmul_int4_integers.h"

#include <algorithm>

#include "cpu/block_float.h"
#include "cpu/int4_residuals.h"
#include "cpu/panel_memory.h"
#include "cpu/parallel.h"
#include "cpu/prefetch.h"
#include "cpu/row_tiles.h"

namespace qutlass::cpu {
namespace {

// A block of y: its sums fill 16 KiB of the stack.
constexpr int64_t kBlockRows = 128;
constexpr int64_t kBlockColumns = kInt4BlockColumns;
static_assert(kBlockColumns == kMaxPanelColumns && kBlockColumns % kMaxInt4DotColumns == 0,
              "neither panels nor tiles go beyond a block's sums");
// Without panels, so many bytes of a tile's activations are used for all columns of a block before
// the next: they fit the second-level cache. Longer stretches of weights than the first-level one
// would allow stream faster.
constexpr int64_t kDotBytes = 128 * 1024;

// Of K of a panel of words, which all rows are multiplied with before the next ones: they fit the
// first-level cache, and where they are interleaved the memory that there is for that.
constexpr int64_t kPanelWords = 256;
static_assert(kPanelWords * kMaxPanelColumns <= PanelMemory::kMaxGroups);

// The kernels without panels for the product's groups; null where there are none.
const Int4Dots* dots_of(const Int4Product& product) {
  const Int4Kernels& kernels = product.kernels();
  for (const Int4Dots* dots = kernels.dots; dots < kernels.dots + kernels.dots_count; ++dots) {
    const int64_t block_words = dots->block_vectors * product.isa.int4_lanes;
    const bool is_whole_blocks =
        product.group_words >= product.words || product.group_words % block_words == 0;
    if (dots->groups_of_vector == 1 ? is_whole_blocks
                                    : product.group_words * dots->groups_of_vector == block_words) {
      return dots;
    }
  }
  return nullptr;
}

// The products by matrices of bytes; null where there are none.
const Int4TileProduct* tile_product(const Int4Product& product) {
  if (!product.matrices || !product.int8_rows) return nullptr;
  return product.kept ? &product.matrices->kept_int8_int4 : &product.matrices->int8_int4;
}

// The tiles of activations where there are matrices of bytes for the product; else no strips.
Int4TileLayout tiles_of(const Int4Product& product) {
  return tile_product(product) ? tile_product(product)->layout(product.args) : Int4TileLayout{};
}

// How a product is done: by tiles, by panels, by panels of words, or by dots.
struct Method {
  Int4TileLayout tiles;
  const Int4Panels* panels;
  const Int4WordPanels* word_panels;
  const Int4Dots* dots;
  int64_t dot_words = 0;  // of K that dots take before the next

  explicit Method(const Int4Product& product)
      : tiles(tiles_of(product)),
        panels(product.kernels().panels.rows > 0 ? &product.kernels().panels : nullptr),
        word_panels(product.kernels().word_panels),
        dots(dots_of(product)) {
    const bool are_few_rows = product.args.m < product.kernels().panels.least_rows;
    if (in_tiles() || (are_few_rows && (word_panels || dots))) panels = nullptr;
    if (in_tiles() || panels) word_panels = nullptr;
    if (in_tiles() || panels || word_panels) dots = nullptr;
    if (dots) dot_words = most_dot_words(product);
  }

  bool in_tiles() const { return tiles.strips > 0; }

  // Of a block of activations for dots.
  int64_t block_words(const Int4Product& product) const {
    return dots->block_vectors * product.isa.int4_lanes;
  }

  BlockFloatRows activations(const Int4Product& product, Workspace& workspace) const {
    return BlockFloatRows(product.isa, product.args.m, product.args.k, layout(product),
                          padded_words(product), workspace);
  }
  Int4Tiles take_tiles(Workspace& workspace) const {
    const int64_t steps = tiles.strips * tiles.steps;
    return {tiles,
            workspace.take<int32_t>(steps * kInt4StepTiles * kInt4StepWords * kInt4StripRows)};
  }

 private:
  int64_t most_dot_words(const Int4Product& product) const {
    const int64_t rows = std::clamp<int64_t>(product.args.m, 1, dots->rows);
    const int64_t word_bytes = parts_of(product) * static_cast<int64_t>(sizeof(int32_t));
    const int64_t block = block_words(product);
    return kDotBytes / (rows * word_bytes) / block * block;
  }
  static int64_t parts_of(const Int4Product& product) {
    return product.int8_rows ? BlockIntegers::kPartsOfBytes : BlockIntegers::kParts;
  }
  int64_t padded_words(const Int4Product& product) const {
    if (in_tiles()) return kInt4StepWords;
    return panels || word_panels ? 1 : block_words(product);
  }

  BlockFloatLayout layout(const Int4Product& product) const {
    const int64_t words = product.words;
    const int64_t parts = parts_of(product);
    if (in_tiles()) {
      const int64_t span = round_up(words + 1, kInt4StepWords);
      return {words, kInt4StepWords, span, kInt4StepWords, Int4Order::kTiles, parts};
    }
    const int32_t sums_factor = product.args.zeros ? 1 : 8;
    if (panels || word_panels) {
      const Int4Order order = panels ? panels->order : Int4Order::kSignedBytes;
      return {words, kInt4PanelBlockWords, product.group_words, 1, order, parts, sums_factor};
    }
    const int64_t block = block_words(product), span = round_up(words + 1, block);
    return {words, block, span, product.isa.int4_lanes, dots->order, parts};
  }
};

// A block of y.
class Block {
 public:
  Block(const Int4Product& product, const Method& method, const BlockFloatRows& x,
        const Int4Tiles& tiles, int64_t first_row, int64_t first_column)
      : product_(product),
        method_(method),
        x_(x),
        tiles_(tiles),
        first_row_(first_row),
        rows_(std::min(product.args.m - first_row, kBlockRows)),
        first_column_(first_column),
        columns_(std::min(product.args.n - first_column, kBlockColumns)),
        has_residuals_(has_residuals()) {}

  void make() {
    std::fill_n(sums_[0], rows_ * kBlockColumns, 0.0f);
    if (has_residuals_) std::fill_n(magnitudes_[0], rows_ * kBlockColumns, 0.0f);
    if (method_.in_tiles()) {
      // Of all rows: a block has more than those.
      tile_product(product_)->multiply(product_.args, tiles_, first_column_, sums_[0],
                                       kBlockColumns);
    } else if (method_.panels) {
      add_panels();
    } else if (method_.word_panels) {
      add_word_panels();
    } else {
      add_dots();
    }
    if (has_residuals_) {
      add_residuals(product_, x_, {first_row_, rows_, first_column_, columns_, sums_, magnitudes_});
    }
    for (int64_t i = 0; i < rows_; ++i) {
      product_.finish_row(first_row_ + i, first_column_, columns_, sums_[i]);
    }
  }

 private:
  bool has_residuals() const {
    int64_t row = first_row_;
    while (row < first_row_ + rows_ && x_.residuals(row).count == 0) ++row;
    return row < first_row_ + rows_;
  }

  // The weight row of a column; beyond the block's columns, that of its last.
  Int4Row weights(int64_t column) const {
    return product_.row(first_column_ + std::min(column, columns_ - 1));
  }

  int64_t panel_words() const { return method_.panels->elements / kInt4PerWord; }

  void add_panels() {
    for (int64_t word = 0, words; word < product_.words; word += words) {
      words = product_.chunk_words(word, panel_words());
      for (int64_t column = 0; column < columns_; column += method_.panels->columns) {
        add_panel(word, words, column);
      }
    }
  }

  // Asks for the weights of the panel that begins there.
  void prefetch_panel(int64_t word, int64_t column) const {
    const int64_t end = std::min(column + method_.panels->columns, columns_);
    for (int64_t j = column; j < end; ++j) {
      prefetch_words(weights(j).words + word, std::min(product_.words - word, panel_words()));
    }
  }

  void pack_rows(int64_t first_word, int64_t words, int64_t column, PanelMemory& memory) const {
    const Int4Panels& panels = *method_.panels;
    Int4Row rows[kMaxPanelColumns];
    for (int64_t j = 0; j < panels.columns; ++j) rows[j] = weights(column + j);
    panels.pack(rows, first_word, words, product_.group_words, memory.panel, memory.scales);
    const bool is_last = column + panels.columns >= columns_;
    prefetch_panel(is_last ? first_word + words : first_word,
                   is_last ? 0 : column + panels.columns);
  }

  void add_panel(int64_t first_word, int64_t words, int64_t column) {
    const Int4Panels& panels = *method_.panels;
    PanelMemory& memory = panel_memory();
    if (product_.kept) {
      panels.pack_words(kept_panel(first_word, column), words, product_.group_words, memory.panel,
                        memory.scales);
    } else {
      pack_rows(first_word, words, column, memory);
    }
    const RowTiles tiles(rows_, panels.rows);
    for (int64_t tile = 0; tile < tiles.count; ++tile) {
      const int64_t first = tiles.first(tile);
      panels.tiles[tiles.rows(tile) - 1](x_.from(first_row_ + first, first_word), memory.panel,
                                         memory.scales, words, product_.group_words,
                                         panel_sums(first, column));
    }
  }

  // Of the rows from that one on.
  Int4PanelSums panel_sums(int64_t row, int64_t column) {
    return {sums_[row] + column, has_residuals_ ? magnitudes_[row] + column : nullptr,
            kBlockColumns};
  }

  void add_word_panels() {
    for (int64_t word = 0, words; word < product_.words; word += words) {
      words = product_.chunk_words(word, kPanelWords);
      for (int64_t column = 0; column < columns_; column += method_.word_panels->columns) {
        add_word_panel(word, words, column);
      }
    }
  }

  void add_word_panel(int64_t first_word, int64_t words, int64_t column) {
    const Int4WordPanel panel = product_.kept ? kept_panel(first_word, column)
                                              : interleaved_panel(first_word, words, column);
    const RowTiles tiles(rows_, method_.word_panels->rows);
    for (int64_t tile = 0; tile < tiles.count; ++tile) {
      const int64_t first = tiles.first(tile);
      method_.word_panels->tiles[tiles.rows(tile) - 1](x_.from(first_row_ + first, first_word),
                                                       panel, words, product_.group_words,
                                                       panel_sums(first, column));
    }
  }

  // Where weights are prepacked: from a column on.
  Int4WordPanel kept_panel(int64_t first_word, int64_t column) const {
    const MatmulInt4Args& args = product_.args;
    const int64_t n = first_column_ + column;
    const int64_t group = first_word / product_.group_words;
    const KeptInt4& kept = *product_.kept;
    return {args.w + kept.words.place(n, first_word),
            {args.scales + kept.scales.place(n, group),
             args.zeros ? args.zeros + kept.zeros.place(n, group) : nullptr},
            product_.kernels().word_panels->columns};
  }

  Int4WordPanel interleaved_panel(int64_t first_word, int64_t words, int64_t column) const {
    PanelMemory& memory = panel_memory();
    const int64_t group = first_word / product_.group_words;
    const int64_t groups = divide_up(words, product_.group_words);
    const int64_t columns = method_.word_panels->columns;
    const int32_t *of_words[kMaxPanelColumns], *of_scales[kMaxPanelColumns];
    const int32_t* of_zeros[kMaxPanelColumns];
    for (int64_t j = 0; j < columns; ++j) {
      const Int4Row row = weights(column + j);
      of_words[j] = row.words + first_word;
      of_scales[j] = reinterpret_cast<const int32_t*>(row.scales + group);
      if (row.zeros) of_zeros[j] = row.zeros + group;
    }
    const auto interleave = method_.word_panels->interleave;
    interleave(of_words, words, memory.panel);
    interleave(of_scales, groups, reinterpret_cast<int32_t*>(memory.scales));
    if (!product_.args.zeros) return {memory.panel, {memory.scales, nullptr}, columns};
    interleave(of_zeros, groups, memory.zeros);
    return {memory.panel, {memory.scales, memory.zeros}, columns};
  }

  void add_dots() {
    const RowTiles tiles(rows_, method_.dots->rows);
    const Int4Rows weights = product_.rows(first_column_, columns_);
    for (int64_t word = 0; word < product_.words; word += method_.dot_words) {
      const int64_t end = std::min(word + method_.dot_words, product_.words);
      for (int64_t tile = 0; tile < tiles.count; ++tile) {
        const int64_t first = tiles.first(tile);
        method_.dots->tiles[tiles.rows(tile) - 1](x_.from(first_row_ + first, word), weights, word,
                                                  end, product_.group_words, sums_[first],
                                                  kBlockColumns);
      }
    }
  }

  const Int4Product& product_;
  const Method& method_;
  const BlockFloatRows& x_;
  const Int4Tiles& tiles_;
  const int64_t first_row_, rows_, first_column_, columns_;
  const bool has_residuals_;
  alignas(64) float sums_[kBlockRows][kBlockColumns];
  // With panels, the magnitudes of what some blocks of K add to the sums; else 0.
  alignas(64) float magnitudes_[kBlockRows][kBlockColumns];
};

}  // namespace

bool is_in_int4_tiles(const Int4Product& product) { return tiles_of(product).strips > 0; }

bool has_int4_integers(const Int4Product& product) {
  const Method method(product);
  return method.in_tiles() || method.panels || method.word_panels || method.dots;
}

size_t int4_integers_bytes(const Int4Product& product) {
  Workspace workspace(nullptr);
  const Method method(product);
  method.activations(product, workspace);
  method.take_tiles(workspace);
  return workspace.bytes();
}

bool multiply_int4_integers(const Int4Product& product, void* memory) {
  Workspace workspace(memory);
  const Method method(product);
  const BlockFloatRows x = method.activations(product, workspace);
  const Int4Tiles tiles = method.take_tiles(workspace);
  if (product.int8_rows) {
    x.prepare(product.int8_rows);
  } else if (!x.prepare(product.args.x)) {
    return false;
  }
  if (method.in_tiles()) {
    parallel_for(tiles.layout.strips, product.args.m * product.args.k, [&](int64_t strip) {
      tile_product(product)->arrange(x.byte_rows(), strip, tiles);
    });
  }
  const int64_t row_blocks = divide_up(product.args.m, kBlockRows);
  const int64_t column_blocks = divide_up(product.args.n, kBlockColumns);
  parallel_for(row_blocks * column_blocks, product.work(), [&](int64_t task) {
    Block(product, method, x, tiles, task / column_blocks * kBlockRows,
          task % column_blocks * kBlockColumns)
        .make();
  });
  return true;
}

}  // namespace qutlass::cpu
