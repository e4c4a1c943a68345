// The launches of the kernels of the integer products, for a kind of elements.
#pragma once

#include "cuda/integer_product.h"
#include "cuda/integer_tiles.cuh"
#include "cuda/matmul_integers_stream.cuh"

namespace qutlass::cuda {

template <class Elements, class Tile>
cudaError_t launch_tiles(const MatmulInt8Args& args, const IntegerScratch& scratch,
                         const TilePlan& plan, Stream stream) {
  constexpr auto kernel = matmul_integers_kernel<Elements, Tile>;
  if (const cudaError_t error = allow_shared_memory<kernel>(Tile::kSharedBytes)) return error;
  const dim3 grid(static_cast<unsigned>(ceil_div(args.m, Tile::kM) * ceil_div(args.n, Tile::kN)),
                  static_cast<unsigned>(plan.splits));
  kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, scratch.partials,
                                                               plan.steps_per_split);
  return cudaGetLastError();
}

template <class Elements, int kFragments, bool kAligned>
cudaError_t launch_stream(const MatmulInt8Args& args, Stream stream) {
  using Ring = IntegerRing<Elements>;
  constexpr auto kernel = stream_integers_kernel<Elements, kFragments, kAligned>;
  constexpr int kMostBytes = integer_stream_bytes<Elements, kFragments>(kStreamMaxWarps);
  if (const cudaError_t error = allow_shared_memory<kernel>(kMostBytes)) return error;
  const auto plan = StreamPlan::of<Ring>(args.n, args.words);
  kernel<<<plan.blocks, plan.warps * kWarpSize,
           integer_stream_bytes<Elements, kFragments>(plan.warps), stream>>>(args, plan);
  return cudaGetLastError();
}

// Whether 16 bytes at a time can be read of the rows of both operands.
inline bool is_aligned(const MatmulInt8Args& args) {
  return GlobalMatrix{args.a, args.m, args.words * 4}.rows_are_aligned() &&
         GlobalMatrix{args.b, args.n, args.words * 4}.rows_are_aligned();
}

// The tiles of both lists in integer_tiles.cuh, in their order.
template <class Elements>
constexpr LaunchTiles kLaunchTiles[] = {
    launch_tiles<Elements, Tile128x256>, launch_tiles<Elements, Tile128x128>,
    launch_tiles<Elements, Tile64x128>,  launch_tiles<Elements, Tile64x64>,
    launch_tiles<Elements, Tile32x64>,   launch_tiles<Elements, Tile16x128>};
template <class Elements>
constexpr LaunchTiles kLaunchUnalignedTiles[] = {launch_tiles<Elements, Tile128x128Unaligned>,
                                                 launch_tiles<Elements, Tile64x64Unaligned>,
                                                 launch_tiles<Elements, Tile32x64Unaligned>};

}  // namespace qutlass::cuda
