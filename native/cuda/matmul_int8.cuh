// The int8 product by tiles, for many rows: cp.async -> shared memory -> ldmatrix -> mma.sync.
//
// Both operands have k last, so their fragments are what ldmatrix gives from the plain layout.
#pragma once

#include "cuda/block_tile.cuh"
#include "cuda/int8_epilogue.cuh"
#include "cuda/pair_epilogue.cuh"
#include "cuda/shared_tile.cuh"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// The shape of a block's tile and of its pipeline: kStages steps of kStepBytes int8 along k. Tiles
// that are not kAligned take matrices whose rows do not start at multiples of 16 bytes.
template <int kTileM, int kTileN, int kStepBytes, int kGridM, int kGridN, int kStageCount,
          bool kTileAligned = true>
struct Int8Tile : BlockShape<kTileM, kTileN, kGridM, kGridN> {
  static constexpr bool kAligned = kTileAligned;
  static constexpr int kStepK = kStepBytes;
  static constexpr int kStages = kStageCount;
  static constexpr int kBOffset = kTileM * kStepBytes;
  static constexpr int kStageBytes = (kTileM + kTileN) * kStepBytes;
  static constexpr int kSharedBytes = kStages * kStageBytes;
  static_assert(kSharedBytes <= kMaxSharedBytes, "the tile must fit the smallest device");

  using Layout = SwizzledLayout<kStepBytes>;
  using ALoader = TileLoader<kTileM, kStepBytes / kChunkBytes, Int8Tile::kThreads, Layout>;
  using BLoader = TileLoader<kTileN, kStepBytes / kChunkBytes, Int8Tile::kThreads, Layout>;
};

// A warp's sums.
template <class Tile, bool kHasZero>
struct Int8WarpTile {
  int32_t sums[Tile::kFragmentsM][Tile::kFragmentsN][4] = {};
  // Of each column of b: with them sum (a - zero) b = sum a b - zero sum b. At first this lane's
  // part of column lane / 4 of each fragment.
  int32_t column_sums[kHasZero ? Tile::kFragmentsN : 1] = {};

  // Adds the product of one step's tiles; `load_ahead` is called after the first products.
  template <class LoadAhead>
  __device__ __forceinline__ void multiply(uint32_t stage, const ThreadPlace<Tile>& place,
                                           const LoadAhead& load_ahead) {
    using Layout = typename Tile::Layout;
#pragma unroll
    for (int chunk = 0; chunk < Tile::kStepK / kChunkBytes; chunk += 2) {
      uint32_t a[Tile::kFragmentsM][4];
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) {
        load_a_fragment<Layout>(a[i], stage, place.warp_m + 16 * i, chunk);
      }
      uint32_t b[Tile::kFragmentsN / 2][4];
#pragma unroll
      for (int j = 0; j < Tile::kFragmentsN / 2; ++j) {
        load_b_fragments<Layout>(b[j], stage + Tile::kBOffset, place.warp_n + 16 * j, chunk);
      }
#pragma unroll
      for (int j = 0; j < Tile::kFragmentsN; ++j) {
        const uint32_t b0 = b[j / 2][j % 2 * 2];
        const uint32_t b1 = b[j / 2][j % 2 * 2 + 1];
#pragma unroll
        for (int i = 0; i < Tile::kFragmentsM; ++i) ptx::mma_int8(sums[i][j], a[i], b0, b1);
        if constexpr (kHasZero) column_sums[j] = sum_bytes(b1, sum_bytes(b0, column_sums[j]));
      }
      if (chunk == 0) load_ahead();
    }
  }

  // The sums of the two columns of fragment j that this thread's results lie in.
  __device__ __forceinline__ int2 columns_of_results(int j) const {
    if constexpr (!kHasZero) return int2{0, 0};
    int32_t sum = column_sums[kHasZero ? j : 0];
    sum += __shfl_xor_sync(0xffffffffu, sum, 1);
    sum += __shfl_xor_sync(0xffffffffu, sum, 2);
    const int t = threadIdx.x % 4;
    return int2{__shfl_sync(0xffffffffu, sum, 8 * t), __shfl_sync(0xffffffffu, sum, 8 * t + 4)};
  }

 private:
  // sum + the four int8 of a word.
  static __device__ __forceinline__ int32_t sum_bytes(uint32_t word, int32_t sum) {
    return __dp4a(static_cast<int32_t>(word), 0x01010101, sum);
  }
};

// Where a warp's sums go: to y through the epilogue, or to `partials` [splits, m, n].
template <class Tile, bool kHasZero>
__device__ __forceinline__ void store_int8(const Int8WarpTile<Tile, kHasZero>& warp_tile,
                                           const MatmulInt8Args& args, int32_t* partials,
                                           const TileOrigin& origin,
                                           const ThreadPlace<Tile>& place) {
  constexpr int kRows = 2 * Tile::kFragmentsM;
  const PairEpilogue epilogue(args.activation);
  const PairStore store(partials ? static_cast<void*>(partials) : args.y, args.n);
  Int8Row rows[kRows];
#pragma unroll
  for (int i = 0; i < kRows; ++i) {
    rows[i] = Int8Row(args, min(origin.m + place.row() + 8 * i, args.m - 1));
  }
#pragma unroll
  for (int j = 0; j < Tile::kFragmentsN; ++j) {
    const int2 column_sums = warp_tile.columns_of_results(j);
    const int64_t n = origin.n + place.column() + 8 * j;
    if (n >= args.n) continue;
    const bool has_second = n + 1 < args.n;
    const float2 scales{column_scale(args, n), column_scale(args, n + has_second)};
    const float2 bias = PairEpilogue::bias(args.bias, n, has_second);
#pragma unroll
    for (int i = 0; i < kRows; ++i) {
      const int64_t m = origin.m + place.row() + 8 * i;
      const int32_t(&sums)[4] = warp_tile.sums[i / 2][j];
      const int32_t first = rows[i].centered(sums[i % 2 * 2], column_sums.x);
      const int32_t second = rows[i].centered(sums[i % 2 * 2 + 1], column_sums.y);
      if (m >= args.m) continue;
      if (partials) {
        store(m, n, int2{first, second});
      } else {
        store(m, n,
              epilogue(scaled(first, rows[i], scales.x), scaled(second, rows[i], scales.y), bias));
      }
    }
  }
}

// Block (tile, split) computes steps split * steps_per_split ... of its tile.
template <class Tile, bool kHasZero>
__global__ __launch_bounds__(Tile::kThreads) void matmul_int8_kernel(MatmulInt8Args args,
                                                                     int32_t* partials,
                                                                     int steps_per_split) {
  const uint32_t stages = ptx::shared_address(dynamic_shared_memory());
  const TileOrigin origin = block_origin<Tile>(args.m, args.n);
  const ThreadPlace<Tile> place;

  const auto thread = static_cast<int>(threadIdx.x);

  const int64_t row_bytes = args.words * 4;
  const int64_t first = int64_t{blockIdx.y} * steps_per_split * Tile::kStepK;
  const int64_t end = min(row_bytes, first + int64_t{steps_per_split} * Tile::kStepK);
  typename Tile::ALoader a({args.a, args.m, row_bytes}, origin.m, first, end, thread);
  typename Tile::BLoader b({args.b, args.n, row_bytes}, origin.n, first, end, thread);

  Int8WarpTile<Tile, kHasZero> warp_tile;
  const auto load = [&](int stage) {
    const uint32_t address = stages + stage * Tile::kStageBytes;
    a.template load_next<Tile::kAligned>(address);
    b.template load_next<Tile::kAligned>(address + Tile::kBOffset);
  };
  start_pipeline<Tile::kStages>(load);
  run_pipeline<Tile::kStages>(
      static_cast<int>(ceil_div(end - first, Tile::kStepK)), load,
      [&](int stage, const auto& load_ahead) {
        warp_tile.multiply(stages + stage * Tile::kStageBytes, place, load_ahead);
      },
      [] { __syncthreads(); });

  if (partials) partials += blockIdx.y * args.m * args.n;
  store_int8(warp_tile, args, partials, origin, place);
}

}  // namespace qutlass::cuda
