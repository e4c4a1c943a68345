// matmul_int4: the choice of a kernel and its launch.
#include "cuda/each_word.cuh"
#include "cuda/launch.h"
#include "cuda/matmul_int4.cuh"
#include "cuda/matmul_int4_stream.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "matmul_int4";

using LaunchTiles = cudaError_t (*)(const MatmulInt4Args&, const PermutedX&, float* partials,
                                    const TilePlan&, Stream);

template <class Tile>
cudaError_t launch_tiles(const MatmulInt4Args& args, const PermutedX& x, float* partials,
                         const TilePlan& plan, Stream stream) {
  constexpr auto kernel = matmul_int4_kernel<Tile>;
  if (const cudaError_t error = allow_shared_memory<kernel>(Tile::kSharedBytes)) return error;
  const dim3 grid(static_cast<unsigned>(ceil_div(args.m, Tile::kM) * ceil_div(args.n, Tile::kN)),
                  static_cast<unsigned>(plan.splits));
  kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(
      args, x, Groups(args.k, args.group_size), partials, plan.steps_per_split);
  return cudaGetLastError();
}

// The tile configurations: rows x columns, warps down x across, stages.
template <int kGrain>
using Tile128x128 = Int4Tile<128, 128, 1, 4, 2, kGrain, true>;
template <int kGrain>
using Tile64x128 = Int4Tile<64, 128, 1, 4, 3, kGrain, true>;
template <int kGrain>
using Tile64x64 = Int4Tile<64, 64, 2, 2, 4, kGrain, true>;
template <int kGrain>
using Tile32x64 = Int4Tile<32, 64, 1, 4, 5, kGrain, true>;
// For groups that are no multiple of 32, and for weights whose rows are not aligned.
using Tile64x64Words = Int4Tile<64, 64, 2, 2, 3, kWordGrain, false>;

template <class Tile>
constexpr TileShape shape_of(const char* name) {
  return TileShape{name, Tile::kM, Tile::kN, Tile::kStepK};
}

constexpr TileShape kTiles[] = {
    shape_of<Tile128x128<128>>("128x128"), shape_of<Tile64x128<128>>("64x128"),
    shape_of<Tile64x64<128>>("64x64"), shape_of<Tile32x64<128>>("32x64")};
constexpr LaunchTiles kLaunchTiles[] = {launch_tiles<Tile128x128<128>>,
                                        launch_tiles<Tile64x128<128>>, launch_tiles<Tile64x64<128>>,
                                        launch_tiles<Tile32x64<128>>};
constexpr TileMenu kMenu{kTiles, sizeof kTiles / sizeof *kTiles, 16, "QUTLASS_INT4_CONFIG"};
static_assert(sizeof kLaunchTiles / sizeof *kLaunchTiles == kMenu.count, "one launcher a tile");

// Groups of 32 and 64: all but the largest tile, whose registers their sums do not leave room for.
template <int kGrain>
constexpr LaunchTiles kLaunchSmallGroupTiles[] = {launch_tiles<Tile64x128<kGrain>>,
                                                  launch_tiles<Tile64x64<kGrain>>,
                                                  launch_tiles<Tile32x64<kGrain>>};
constexpr TileMenu kSmallGroupMenu{kTiles + 1, kMenu.count - 1, kMenu.max_stream_rows,
                                   kMenu.variable};

constexpr TileShape kWordTiles[] = {shape_of<Tile64x64Words>("64x64")};
constexpr LaunchTiles kLaunchWordTiles[] = {launch_tiles<Tile64x64Words>};
constexpr TileMenu kWordMenu{kWordTiles, 1, kMenu.max_stream_rows, kMenu.variable};

// The tiles that can compute a product.
struct TileChoice {
  const TileMenu& menu;
  const LaunchTiles* launchers;
};

TileChoice tiles_for(const MatmulInt4Args& args) {
  const GlobalMatrix w{args.w, args.n, 4 * int4_words(args.k)};
  if (!w.rows_are_aligned() || !has_grain(args, 32)) return {kWordMenu, kLaunchWordTiles};
  if (has_grain(args, 128)) return {kMenu, kLaunchTiles};
  if (has_grain(args, 64)) return {kSmallGroupMenu, kLaunchSmallGroupTiles<64>};
  return {kSmallGroupMenu, kLaunchSmallGroupTiles<32>};
}

const char* plan_for(const MatmulInt4Args& args, TilePlan* plan) {
  return make_plan(kOp, tiles_for(args).menu, {args.m, args.n, args.k}, plan);
}

template <int kFragments, int kGrain>
cudaError_t launch_stream(const MatmulInt4Args& args, Stream stream) {
  constexpr auto kernel = stream_int4_kernel<kFragments, kGrain>;
  if (const cudaError_t error = allow_shared_memory<kernel>(kStreamMaxBytes)) return error;
  const StreamPlan plan(args.n, int4_words(args.k));
  kernel<<<plan.blocks, plan.warps * kWarpSize, plan.warps * kRingBytes, stream>>>(
      args, Groups(args.k, args.group_size), plan.pieces_per_warp);
  return cudaGetLastError();
}

template <int kFragments>
cudaError_t launch_stream(const MatmulInt4Args& args, Stream stream) {
  const bool aligned = GlobalMatrix{args.x, args.m, 4 * args.k}.rows_are_aligned() &&
                       GlobalMatrix{args.w, args.n, 4 * int4_words(args.k)}.rows_are_aligned();
  if (aligned && has_grain(args, 128)) return launch_stream<kFragments, 128>(args, stream);
  if (aligned && has_grain(args, 32)) return launch_stream<kFragments, 32>(args, stream);
  return launch_stream<kFragments, kWordGrain>(args, stream);
}

}  // namespace

const TileMenu& menu_for(const MatmulInt4Args& args) { return tiles_for(args).menu; }

// x for the tiles, then the partial sums of a split k.
size_t workspace_bytes(const MatmulInt4Args& args) {
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(args, &plan)) return 0;
  if (plan.config == TilePlan::kStream) return 0;
  const int64_t partials = plan.splits == 1 ? 0 : plan.splits * args.m * args.n;
  return PermutedX(args, nullptr).bytes + sizeof(float) * partials;
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  if (plan.config == TilePlan::kStream) {
    return failure(kOp,
                   args.m <= 8 ? launch_stream<1>(args, stream) : launch_stream<2>(args, stream));
  }

  const PermutedX x(args, workspace);
  const PermuteX permute{args, x};
  cudaError_t error = launch_each_word(permute, args.m, permute.words(), stream);
  if (error) return failure(kOp, error);
  auto* partials = plan.splits == 1
                       ? nullptr
                       : reinterpret_cast<float*>(static_cast<char*>(workspace) + x.bytes);
  error = tiles_for(args).launchers[plan.config](args, x, partials, plan, stream);
  if (!error && partials) {
    error = launch_each_word(FinishInt4{args, partials, plan.splits}, args.m, args.n, stream);
  }
  return failure(kOp, error);
}

}  // namespace qutlass::cuda
