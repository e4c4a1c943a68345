// Products of AMX tiles, of 16 rows of 64 bytes: for isa_amx.cc alone (see isa.h).
//
// The product is made transposed, unless weights are kept in panels (isa_amx_int8_kept.h). Weights
// are the left operand, whose rows are in memory as they have to be, K along them. Activations are
// the right one, whose rows are interleaved: they are arranged so once, in strips of 16 rows, for
// all weights. A tile of sums thus has a column of y in each of its rows.
#pragma once

#include "cpu/isa_avx512_vector.h"
#include "cpu/isa_epilogue.h"

namespace qutlass::cpu {
namespace {

constexpr int kTileRows = 16;
constexpr int kTileWords = 16;  // 32-bit elements of a row
constexpr int kTileBytes = 64;  // of a row
constexpr int kTileSize = kTileRows * kTileWords;

// A block of y has two tiles of columns.
constexpr int kHalves = 2;
constexpr int kBlockColumns = kHalves * kTileRows;
// Its rows: activations and sums fit the second-level cache, and weights are prepared for many.
constexpr int kBlockRows = 256;
constexpr int kBlockStrips = kBlockRows / kTileRows;

// Steps of K whose weights are prepared at once, for the first-level cache.
constexpr int kMostSteps = 16;
using StepWeights = int32_t[kMostSteps][kHalves][kTileSize];

// The tile registers while this lives: weights have whole tiles, activations and sums so many
// columns and rows.
class TileRegisters {
 public:
  explicit TileRegisters(int columns = kTileWords, int rows = kTileRows) {
    const Configuration configuration(columns * static_cast<int>(sizeof(int32_t)), rows);
    _tile_loadconfig(&configuration);
  }
  ~TileRegisters() { _tile_release(); }
  TileRegisters(const TileRegisters&) = delete;
  TileRegisters& operator=(const TileRegisters&) = delete;

 private:
  struct alignas(64) Configuration {
    uint8_t palette = 1;
    uint8_t start_row = 0;
    uint8_t reserved[14] = {};
    uint16_t row_bytes[16] = {};
    uint8_t rows[16] = {};

    Configuration(int column_bytes, int row_count) {
      for (int tile = 0; tile < 8; ++tile) {
        const bool is_weights = tile == 4 || tile == 5;
        row_bytes[tile] = static_cast<uint16_t>(is_weights ? kTileBytes : column_bytes);
        rows[tile] = static_cast<uint8_t>(is_weights ? kTileRows : row_count);
      }
      asm volatile("" ::: "memory");  // to the compiler, loading it reads no memory
    }
  };
};

// Instructions on tiles that templates name, as the compilers' own must have plain numbers.
template <int kTile>
[[gnu::always_inline]] inline void zero_tile() {
  asm volatile("tilezero %%tmm%c0" ::"i"(kTile));
}
template <int kTile>
[[gnu::always_inline]] inline void load_tile(const int32_t* words, int64_t row_bytes) {
  asm volatile("tileloadd (%1,%2,1), %%tmm%c0" ::"i"(kTile), "r"(words), "r"(row_bytes) : "memory");
}
template <int kTile>
[[gnu::always_inline]] inline void store_tile(int32_t* words) {
  asm volatile("tilestored %%tmm%c0, (%1,%2,1)" ::"i"(kTile), "r"(words), "r"(int64_t{kTileBytes})
               : "memory");
}
// Adds products of signed bytes.
template <int kSums, int kWeights, int kActivations>
[[gnu::always_inline]] inline void add_int8_products() {
  asm volatile("tdpbssd %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSums), "i"(kWeights),
               "i"(kActivations));
}

// Adds products of signed activations with unsigned weights.
template <int kSums, int kActivations, int kWeights>
[[gnu::always_inline]] inline void add_kept_int8_products() {
  asm volatile("tdpbsud %%tmm%c2, %%tmm%c1, %%tmm%c0" ::"i"(kSums), "i"(kActivations),
               "i"(kWeights));
}

// Tiles 0 and 1 are sums of the first of two strips, 2 and 3 of the second; weights are in 4 and 5,
// a strip in 6 or 7.
struct Int8Products {
  static constexpr bool kAddsToSums = true;
  static void add_first() {
    _tile_dpbssd(0, 4, 6);
    _tile_dpbssd(1, 5, 6);
  }
  static void add_second() {
    _tile_dpbssd(2, 4, 7);
    _tile_dpbssd(3, 5, 7);
  }
};

struct Bf16Products {
  static constexpr bool kAddsToSums = false;
  static void add_first() {
    _tile_dpbf16ps(0, 4, 6);
    _tile_dpbf16ps(1, 5, 6);
  }
  static void add_second() {
    _tile_dpbf16ps(2, 4, 7);
    _tile_dpbf16ps(3, 5, 7);
  }
};

// Strips of activations: a step has `columns` words of each of a tile's rows.
struct Strips {
  const int32_t* first;
  int64_t size;
  int64_t columns;
};

// The products of the weights of some steps with kStrips strips become or are added to `sums`.
template <typename Products, int kStrips, typename Sum>
[[gnu::always_inline]] inline void multiply_strips(const StepWeights& weights, int64_t steps,
                                                   const Strips& strips,
                                                   Sum (*sums)[kHalves][kTileSize]) {
  const int64_t strip_bytes = strips.columns * static_cast<int64_t>(sizeof(int32_t));
  const int32_t* strip = strips.first;
  asm volatile("" ::: "memory");  // to the compiler, loads of tiles read no memory
  if (Products::kAddsToSums) {
    _tile_loadd(0, sums[0][0], kTileBytes);
    _tile_loadd(1, sums[0][1], kTileBytes);
    if (kStrips == 2) _tile_loadd(2, sums[1][0], kTileBytes);
    if (kStrips == 2) _tile_loadd(3, sums[1][1], kTileBytes);
  } else {
    _tile_zero(0);
    _tile_zero(1);
    if (kStrips == 2) _tile_zero(2);
    if (kStrips == 2) _tile_zero(3);
  }
  for (int64_t step = 0; step < steps; ++step, strip += kTileRows * strips.columns) {
    _tile_loadd(4, weights[step][0], kTileBytes);
    _tile_loadd(5, weights[step][1], kTileBytes);
    _tile_loadd(6, strip, strip_bytes);
    Products::add_first();
    if (kStrips == 2) _tile_loadd(7, strip + strips.size, strip_bytes);
    if (kStrips == 2) Products::add_second();
  }
  _tile_stored(0, sums[0][0], kTileBytes);
  _tile_stored(1, sums[0][1], kTileBytes);
  if (kStrips == 2) _tile_stored(2, sums[1][0], kTileBytes);
  if (kStrips == 2) _tile_stored(3, sums[1][1], kTileBytes);
}

// Words of a row, of which there are `left`.
inline Vector::Int load_words(const int32_t* words, int64_t left) {
  return left >= kTileWords ? Vector::load(words) : Vector::load_first(words, left);
}

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
inline int64_t count_of(int64_t size, int64_t part) { return (size + part - 1) / part; }

// A block of y: up to kBlockRows by kBlockColumns, whose sums are tiles with a column of y, or a
// row of it, in each row.
template <typename Args, typename Sum, bool kHasRowsOfY = false>
class TileBlock {
 protected:
  TileBlock(const Args& args, int64_t first_row, int64_t first_column,
            int64_t strip_rows = kTileRows)
      : args_(args),
        first_row_(first_row),
        rows_(least(args.m - first_row, kBlockRows)),
        strips_(count_of(rows_, strip_rows)),
        first_column_(first_column),
        columns_(least(args.n - first_column, kBlockColumns)) {}

  void clear_sums() {
    for (int64_t i = 0; i < strips_ * kHalves * kTileSize; i += kTileWords) {
      Vector::store(sums_[0][0] + i, Vector::broadcast(Sum{0}));
    }
  }

  // The row of weights of a column of the block; beyond the last column, that is repeated.
  int64_t weight_row(int64_t column) const { return first_column_ + least(column, columns_ - 1); }

  // Calls multiply(count, first strip), with a count of 2 where there are as many.
  template <typename Multiply>
  [[gnu::always_inline]] void for_strips(Multiply multiply) {
    int64_t strip = 0;
    for (; strip + 2 <= strips_; strip += 2) multiply(Two(), strip);
    if (strip < strips_) multiply(One(), strip);
  }

  // Writes y: value_from(column) gives a function, which makes a row's 16 values from that column
  // on, before the bias, of their sums and the row.
  template <typename ValueFrom>
  [[gnu::always_inline]] void finish_block(ValueFrom value_from) const {
    for (int64_t strip = 0; strip < strips_; ++strip) {
      for (int64_t column = 0; column < columns_; column += kTileRows) {
        finish_tile(strip, column, value_from(column));
      }
    }
  }

  template <int kCount>
  struct Count {
    static constexpr int kValue = kCount;
  };
  using One = Count<1>;
  using Two = Count<2>;

  const Args& args_;
  const int64_t first_row_, rows_, strips_, first_column_, columns_;
  alignas(64) Sum sums_[kBlockStrips][kHalves][kTileSize];

 private:
  template <typename Value>
  [[gnu::always_inline]] void finish_tile(int64_t strip, int64_t column, Value value) const {
    const int64_t n = first_column_ + column, columns = least(columns_ - column, kTileRows);
    const int32_t* sums = reinterpret_cast<const int32_t*>(sums_[strip][column / kTileRows]);
    Vector::Int v[kTileRows];
    for (int i = 0; i < kTileRows; ++i) v[i] = Vector::load(sums + i * kTileWords);
    if (!kHasRowsOfY) Vector::transpose(v);
    const int64_t first_row = strip * kTileRows;
    const TileOfY y = {first_row_ + first_row, least(rows_ - first_row, kTileRows), n, columns};
    switch (args_.activation) {
      case Activation::kLinear:
        return finish_rows<Activation::kLinear>(v, y, value);
      case Activation::kRelu:
        return finish_rows<Activation::kRelu>(v, y, value);
      case Activation::kRelu6:
        return finish_rows<Activation::kRelu6>(v, y, value);
    }
  }

  struct TileOfY {
    int64_t first_row, rows, first_column, columns;
  };

  // Nothing that all rows share is left for the loop.
  template <Activation kActivation, typename Value>
  [[gnu::always_inline]] void finish_rows(const Vector::Int (&sums)[kTileRows], const TileOfY& tile,
                                          Value value) const {
    // -0 changes no value, which +0 does.
    const Vector::Float bias =
        args_.bias ? Vector::load_first(args_.bias + tile.first_column, tile.columns)
                   : Vector::broadcast(-0.0f);
    float* y = args_.y + tile.first_row * args_.n + tile.first_column;
    for (int64_t i = 0; i < tile.rows; ++i, y += args_.n) {
      finish_biased<Vector>(Vector::add(value(sums[i], tile.first_row + i), bias), kActivation,
                            tile.columns, y);
    }
  }
};

// What makes values of the sums of a row of two operands with scales, without zero points.
inline auto scaled_sums(const MatmulInt8Args& args, int64_t column, int64_t columns) {
  const Vector::Float sb = args.sb_is_scalar ? Vector::broadcast(*args.sb)
                                             : Vector::load_first(args.sb + column, columns);
  const float* const sa = args.sa;
  const int64_t sa_stride = args.sa_is_scalar ? 0 : 1;
  return [=](Vector::Int sums, int64_t row) __attribute__((always_inline)) {
    const Vector::Float of_row = Vector::broadcast(sa[row * sa_stride]);
    return Vector::multiply(Vector::multiply(Vector::to_float(sums), of_row), sb);
  };
}

}  // namespace
}  // namespace qutlass::cpu
