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

// Writes pairs of neighbouring results of a row-major [m, n] matrix of 4-byte values.
class PairStore {
 public:
  __device__ PairStore(void* matrix, int64_t n)
      : matrix_(matrix), n_(n), as_pairs_(n % 2 == 0 && is_aligned(matrix, 8)) {}

  // The second of a pair is dropped where it lies past the row's end.
  template <class Pair>
  __device__ __forceinline__ void operator()(int64_t m, int64_t n, const Pair& pair) const {
    auto* target = static_cast<decltype(Pair::x)*>(matrix_) + m * n_ + n;
    if (as_pairs_) {
      *reinterpret_cast<Pair*>(target) = pair;
    } else {
      target[0] = pair.x;
      if (n + 1 < n_) target[1] = pair.y;
    }
  }

 private:
  void* matrix_;
  int64_t n_;
  bool as_pairs_;
};

}  // namespace qutlass::cuda
