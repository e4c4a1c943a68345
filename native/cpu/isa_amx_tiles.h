// Products of AMX tiles, of 16 rows of 64 bytes: for isa_amx.cc alone (see isa.h).
//
// The product is made transposed. Weights are the left operand, whose rows are in memory as they
// have to be, K along them. Activations are the right one, whose rows are interleaved: they are
// arranged so once, in strips of 16 rows, for all weights. A tile of sums thus has a column of y in
// each of its rows.
#pragma once

#include "cpu/isa_avx512_vector.h"

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
// Fewer rows than this, and tiles are mostly empty.
constexpr int64_t kLeastRows = 8;

// Steps of K whose weights are prepared at once, for the first-level cache.
constexpr int kMostSteps = 16;
using StepWeights = int32_t[kMostSteps][kHalves][kTileSize];

// The tile registers, all of them whole, while this lives.
class TileRegisters {
 public:
  TileRegisters() { _tile_loadconfig(&kWhole); }
  ~TileRegisters() { _tile_release(); }
  TileRegisters(const TileRegisters&) = delete;
  TileRegisters& operator=(const TileRegisters&) = delete;

 private:
  struct alignas(64) Configuration {
    uint8_t palette;
    uint8_t start_row;
    uint8_t reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
  };
  static constexpr Configuration kWhole = {
      1,
      0,
      {},
      {kTileBytes, kTileBytes, kTileBytes, kTileBytes, kTileBytes, kTileBytes, kTileBytes,
       kTileBytes},
      {kTileRows, kTileRows, kTileRows, kTileRows, kTileRows, kTileRows, kTileRows, kTileRows}};
};

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

// The products of the weights of some steps with kStrips strips, strip_size apart, become or are
// added to `sums`.
template <typename Products, int kStrips, typename Sum>
[[gnu::always_inline]] inline void multiply_strips(const StepWeights& weights, int64_t steps,
                                                   const int32_t* strip, int64_t strip_size,
                                                   Sum (*sums)[kHalves][kTileSize]) {
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
  for (int64_t step = 0; step < steps; ++step, strip += kTileSize) {
    _tile_loadd(4, weights[step][0], kTileBytes);
    _tile_loadd(5, weights[step][1], kTileBytes);
    _tile_loadd(6, strip, kTileBytes);
    Products::add_first();
    if (kStrips == 2) _tile_loadd(7, strip + strip_size, kTileBytes);
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

}  // namespace
}  // namespace qutlass::cpu
