// Which tile of the result a block and a warp compute.
#pragma once

#include "cuda/device.h"

namespace qutlass::cuda {

// The compile-time shape of a block's tile: kM x kN results by kWarpsM x kWarpsN warps, each of
// which computes kWarpTilesM x kWarpTilesN fragments of 16 x 8.
template <int kTileM, int kTileN, int kGridM, int kGridN>
struct BlockShape {
  static constexpr int kM = kTileM;
  static constexpr int kN = kTileN;
  static constexpr int kWarpsN = kGridN;
  static constexpr int kThreads = kGridM * kGridN * kWarpSize;
  // Of blocks on a multiprocessor, for the compiler: fewer threads than these need no registers
  // saved for their sake.
  static constexpr int kResidentBlocks = kThreads < 256 ? 256 / kThreads : 1;
  static constexpr int kWarpM = kM / kGridM;
  static constexpr int kWarpN = kN / kGridN;
  static constexpr int kFragmentsM = kWarpM / 16;
  static constexpr int kFragmentsN = kWarpN / 8;
  static_assert(kM % (kGridM * 16) == 0 && kN % (kGridN * 16) == 0,
                "warps hold whole fragments, in pairs along n");
};

// Where a thread stands in its block's tile: its fragments hold rows row() and row() + 8, columns
// column() and column() + 1, plus multiples of 16 and 8.
template <class Shape>
struct ThreadPlace {
  int warp_m = threadIdx.x / kWarpSize / Shape::kWarpsN * Shape::kWarpM;
  int warp_n = threadIdx.x / kWarpSize % Shape::kWarpsN * Shape::kWarpN;
  int lane = threadIdx.x % kWarpSize;

  __device__ int row() const { return warp_m + lane / 4; }
  __device__ int column() const { return warp_n + lane % 4 * 2; }
};

// The first row and column of the block's tile. Blocks that run at the same time share rows and
// columns: they go down bands of eight tiles.
struct TileOrigin {
  int64_t m;
  int64_t n;
};

template <class Shape>
__device__ TileOrigin block_origin(int64_t m, int64_t n) {
  constexpr unsigned kBand = 8;
  const auto tiles_m = static_cast<unsigned>(ceil_div(m, Shape::kM));
  const auto tiles_n = static_cast<unsigned>(ceil_div(n, Shape::kN));
  const unsigned band = blockIdx.x / (kBand * tiles_n);
  const unsigned in_band = blockIdx.x % (kBand * tiles_n);
  const unsigned height = min(kBand, tiles_m - band * kBand);
  return TileOrigin{int64_t{band * kBand + in_band % height} * Shape::kM,
                    int64_t{in_band / height} * Shape::kN};
}

// Writes a thread's results of the block's tile into a row-major [m, n] matrix of 4-byte values.
// `pair_of(row, column)` has the results of columns 8 * column and 8 * column + 1 past the thread's
// first one, in its row 8 * row past the first.
template <class Shape, class PairOf>
__device__ __forceinline__ void store_pairs(void* matrix, int64_t m, int64_t n,
                                            const TileOrigin& origin,
                                            const ThreadPlace<Shape>& place,
                                            const PairOf& pair_of) {
  using Pair = decltype(pair_of(0, 0));
  using Value = decltype(Pair::x);
  const bool as_pairs = n % 2 == 0 && is_aligned(matrix, 8);
  const int64_t first_row = origin.m + place.row();
  const int64_t first_column = origin.n + place.column();
  const auto rows = static_cast<int>(min(m - first_row, int64_t{Shape::kM}));
  const auto columns = static_cast<int>(min(n - first_column, int64_t{Shape::kN}));
  Value* target = static_cast<Value*>(matrix) + first_row * n + first_column;
#pragma unroll
  for (int row = 0; row < 2 * Shape::kFragmentsM; ++row) {
    if (8 * row < rows) {
#pragma unroll
      for (int column = 0; column < Shape::kFragmentsN; ++column) {
        const Pair pair = pair_of(row, column);
        Value* at = target + 8 * column;
        if (as_pairs) {
          if (8 * column < columns) *reinterpret_cast<Pair*>(at) = pair;
        } else {
          if (8 * column < columns) at[0] = pair.x;
          if (8 * column + 1 < columns) at[1] = pair.y;
        }
      }
    }
    target += 8 * n;
  }
}

}  // namespace qutlass::cuda
