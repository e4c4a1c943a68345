// matmul_int4: the choice of a kernel and its launch.
#include "cuda/each_word.cuh"
#include "cuda/launch.h"
#include "cuda/matmul_int4.cuh"
#include "cuda/matmul_int4_stream.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "matmul_int4";

using LaunchTiles = cudaError_t (*)(const MatmulInt4Args&, const Int4Operands&, float* partials,
                                    const TilePlan&, Stream);

template <class Tile>
cudaError_t launch_tiles(const MatmulInt4Args& args, const Int4Operands& operands, float* partials,
                         const TilePlan& plan, Stream stream) {
  constexpr auto kernel = matmul_int4_kernel<Tile>;
  if (const cudaError_t error = allow_shared_memory<kernel>(Tile::kSharedBytes)) return error;
  const dim3 grid(static_cast<unsigned>(ceil_div(args.m, Tile::kM) * ceil_div(args.n, Tile::kN)),
                  static_cast<unsigned>(plan.splits));
  kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(
      args, operands, Groups(args.k, args.group_size), partials, plan.steps_per_split);
  return cudaGetLastError();
}

// The tile configurations: rows x columns, warps down x across, stages.
template <int kGrain>
using Tile128x128 = Int4Tile<128, 128, 2, 4, 4, kGrain>;
template <int kGrain>
using Tile64x128 = Int4Tile<64, 128, 1, 4, 6, kGrain>;
template <int kGrain>
using Tile64x64 = Int4Tile<64, 64, 2, 2, 6, kGrain>;
template <int kGrain>
using Tile32x64 = Int4Tile<32, 64, 1, 4, 8, kGrain>;
// For groups that are no multiple of 32, and for weights whose rows are not aligned.
using Tile64x64Words = Int4Tile<64, 64, 2, 2, 4, kWordGrain>;

template <class Tile>
constexpr TileShape shape_of(const char* name) {
  return TileShape{name, Tile::kM, Tile::kN, Tile::kStepK};
}

constexpr TileShape kTiles[] = {shape_of<Tile128x128<64>>("128x128"),

                                shape_of<Tile64x128<64>>("64x128"),
                                shape_of<Tile64x64<64>>("64x64"), shape_of<Tile32x64<64>>("32x64")};
template <int kGrain>
constexpr LaunchTiles kLaunchTiles[] = {
    launch_tiles<Tile128x128<kGrain>>, launch_tiles<Tile64x128<kGrain>>,
    launch_tiles<Tile64x64<kGrain>>, launch_tiles<Tile32x64<kGrain>>};
constexpr TileMenu kMenu{kTiles, sizeof kTiles / sizeof *kTiles, 16, "QUTLASS_INT4_CONFIG"};
static_assert(sizeof kLaunchTiles<64> / sizeof *kLaunchTiles<64> == kMenu.count,
              "one launcher a tile");

constexpr TileShape kWordTiles[] = {shape_of<Tile64x64Words>("64x64")};
constexpr LaunchTiles kLaunchWordTiles[] = {launch_tiles<Tile64x64Words>};
constexpr TileMenu kWordMenu{kWordTiles, 1, kMenu.max_stream_rows, kMenu.variable};

const LaunchTiles* launchers_for(const MatmulInt4Args& args) {
  const GlobalMatrix w{args.w, args.n, 4 * int4_words(args.k)};
  if (w.rows_are_aligned() && has_grain(args, 64)) return kLaunchTiles<64>;
  if (w.rows_are_aligned() && has_grain(args, 32)) return kLaunchTiles<32>;
  return kLaunchWordTiles;
}

const char* plan_for(const MatmulInt4Args& args, TilePlan* plan) {
  const TileMenu& menu = launchers_for(args) == kLaunchWordTiles ? kWordMenu : kMenu;
  return make_plan(kOp, menu, {args.m, args.n, args.k}, plan);
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

const TileMenu& matmul_int4_menu() { return kMenu; }
const TileMenu& matmul_int4_word_menu() { return kWordMenu; }

// The operands of the tiles, then the partial sums of a split k.
size_t workspace_bytes(const MatmulInt4Args& args) {
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(args, &plan)) return 0;
  if (plan.config == TilePlan::kStream) return 0;
  const int64_t partials = plan.splits == 1 ? 0 : plan.splits * args.m * args.n;
  return Int4Operands(args, nullptr).bytes + sizeof(float) * partials;
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  if (plan.config == TilePlan::kStream) {
    return failure(kOp,
                   args.m <= 8 ? launch_stream<1>(args, stream) : launch_stream<2>(args, stream));
  }

  const Int4Operands operands(args, workspace);
  const PrepareInt4Operands prepare{args, operands, group_count(args.k, args.group_size)};
  cudaError_t error = launch_each_word(prepare, prepare.rows(), prepare.words(), stream);
  if (error) return failure(kOp, error);
  auto* partials = plan.splits == 1
                       ? nullptr
                       : reinterpret_cast<float*>(static_cast<char*>(workspace) + operands.bytes);
  error = launchers_for(args)[plan.config](args, operands, partials, plan, stream);
  if (!error && partials) {
    error = launch_each_word(FinishInt4{args, partials, plan.splits}, args.m, args.n, stream);
  }
  return failure(kOp, error);
}

}  // namespace qutlass::cuda
