// matmul_int4: the choice of a kernel and its launch.
#include "cuda/each_word.cuh"
#include "cuda/launch.h"
#include "cuda/matmul_int4.cuh"
#include "cuda/matmul_int4_stream.h"
#include "cuda/matmul_int8_int4.h"
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
using Tile48x128 = Int4Tile<48, 128, 1, 4, 3, kGrain, true>;
template <int kGrain>
using Tile32x64 = Int4Tile<32, 64, 1, 4, 5, kGrain, true>;
template <int kGrain>
using Tile16x128 = Int4Tile<16, 128, 1, 4, 4, kGrain, true>;
// For weights whose rows are not aligned.
template <int kGrain>
using Tile64x128Unaligned = Int4Tile<64, 128, 1, 4, 3, kGrain, false>;
template <int kGrain>
using Tile32x64Unaligned = Int4Tile<32, 64, 1, 4, 5, kGrain, false>;
template <int kGrain>
using Tile16x128Unaligned = Int4Tile<16, 128, 1, 4, 4, kGrain, false>;
// For groups that are no multiple of 32.
using Tile64x64Words = Int4Tile<64, 64, 2, 2, 3, kWordGrain, false>;

// A tile with its costs: step, least step, block (tile_plan.h).
template <class Tile>
constexpr TileShape shape_of(const char* name, int resident_blocks, float step_us,
                             float least_step_us, float block_us) {
  return {name,    Tile::kM,      Tile::kN, Tile::kStepK, Tile::kSharedBytes, resident_blocks,
          step_us, least_step_us, block_us};
}

// Fitted to the times of every configuration on an H200: native/bench/cuda/fit_tile_costs.py.
constexpr TileShape kTiles[] = {shape_of<Tile128x128<128>>("128x128", 2, 1.481f, 2.962f, 0.0f),
                                shape_of<Tile64x128<128>>("64x128", 2, 0.799f, 1.598f, 0.0f),
                                shape_of<Tile48x128<128>>("48x128", 3, 0.701f, 0.831f, 0.716f),
                                shape_of<Tile64x64<128>>("64x64", 2, 0.525f, 0.651f, 0.752f),
                                shape_of<Tile32x64<128>>("32x64", 3, 0.305f, 0.361f, 0.761f),
                                shape_of<Tile16x128<128>>("16x128", 4, 0.441f, 0.532f, 0.459f)};
constexpr LaunchTiles kLaunchTiles[] = {
    launch_tiles<Tile128x128<128>>, launch_tiles<Tile64x128<128>>, launch_tiles<Tile48x128<128>>,
    launch_tiles<Tile64x64<128>>,   launch_tiles<Tile32x64<128>>,  launch_tiles<Tile16x128<128>>};
constexpr TileMenu kMenu{kTiles,
                         sizeof kTiles / sizeof *kTiles,
                         kMaxInt4StreamRows,
                         "QUTLASS_INT4_CONFIG",
                         0.5625f,
                         2.8f,
                         1.14f,
                         {2.49f, 0.91f, 0.721f, 0.0108f}};
static_assert(sizeof kLaunchTiles / sizeof *kLaunchTiles == kMenu.count, "one launcher a tile");

// Groups of 32 and 64: all but the largest tile, whose registers their sums do not leave room for.
template <int kGrain>
constexpr LaunchTiles kLaunchSmallGroupTiles[] = {
    launch_tiles<Tile64x128<kGrain>>, launch_tiles<Tile48x128<kGrain>>,
    launch_tiles<Tile64x64<kGrain>>, launch_tiles<Tile32x64<kGrain>>,
    launch_tiles<Tile16x128<kGrain>>};
constexpr TileMenu kSmallGroupMenu = menu_like(kMenu, kTiles + 1, kMenu.count - 1);

constexpr TileShape kUnalignedTiles[] = {
    shape_of<Tile64x128Unaligned<128>>("64x128", 2, 1.0f, 2.0f, 0.0f),
    shape_of<Tile32x64Unaligned<128>>("32x64", 3, 0.5f, 0.6f, 1.28f),
    shape_of<Tile16x128Unaligned<128>>("16x128", 4, 0.7f, 0.6f, 0.854f)};
template <int kGrain>
constexpr LaunchTiles kLaunchUnalignedTiles[] = {launch_tiles<Tile64x128Unaligned<kGrain>>,
                                                 launch_tiles<Tile32x64Unaligned<kGrain>>,
                                                 launch_tiles<Tile16x128Unaligned<kGrain>>};
constexpr TileMenu kUnalignedMenu =
    menu_like(kMenu, kUnalignedTiles, sizeof kUnalignedTiles / sizeof *kUnalignedTiles);

constexpr TileShape kWordTiles[] = {shape_of<Tile64x64Words>("64x64", 2, 2.0f, 4.0f, 0.405f)};
constexpr LaunchTiles kLaunchWordTiles[] = {launch_tiles<Tile64x64Words>};
constexpr TileMenu kWordMenu = menu_like(kMenu, kWordTiles, 1);

// The tiles that can compute a product.
struct TileChoice {
  const TileMenu& menu;
  const LaunchTiles* launchers;
};

TileChoice tiles_for(const MatmulInt4Args& args) {
  const GlobalMatrix w{args.w, args.n, 4 * int4_words(args.k)};
  if (!has_grain(args, 32)) return {kWordMenu, kLaunchWordTiles};
  if (!w.rows_are_aligned()) {
    return {kUnalignedMenu,
            has_grain(args, 128) ? kLaunchUnalignedTiles<128> : kLaunchUnalignedTiles<32>};
  }
  if (has_grain(args, 128)) return {kMenu, kLaunchTiles};
  if (has_grain(args, 64)) return {kSmallGroupMenu, kLaunchSmallGroupTiles<64>};
  return {kSmallGroupMenu, kLaunchSmallGroupTiles<32>};
}

const char* plan_for(const MatmulInt4Args& args, TilePlan* plan) {
  return make_plan(kOp, tiles_for(args).menu, {args.m, args.n, args.k}, plan);
}

// The tiles: x in their order, the product, and the sum of the parts of k.
cudaError_t launch_tiles(const MatmulInt4Args& args, const Int4ProductX& x, const TilePlan& plan,
                         void* workspace, Stream stream) {
  const PermutedX permuted(args, workspace);
  const PermuteX permute{x, permuted};
  if (const cudaError_t error = launch_each_word(permute, args.m, permute.words(), stream)) {
    return error;
  }
  auto* partials = plan.splits == 1
                       ? nullptr
                       : reinterpret_cast<float*>(static_cast<char*>(workspace) + permuted.bytes);
  const cudaError_t error =
      tiles_for(args).launchers[plan.config](args, permuted, partials, plan, stream);
  if (error || !partials) return error;
  return launch_each_word(FinishInt4{args, partials, plan.splits}, args.m, args.n, stream);
}

// args.x does not count.
const char* multiply(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                     Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  const bool is_stream = plan.config == TilePlan::kStream;
  return failure(kOp, is_stream ? launch_int4_stream(args, x, workspace, stream)
                                : launch_tiles(args, x, plan, workspace, stream));
}

}  // namespace

const TileMenu& menu_for(const MatmulInt4Args& args) { return tiles_for(args).menu; }

std::string configuration(const MatmulInt4Args& args) {
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  return plan_name(menu_for(args), plan);
}

// By tiles: x in bf16, then the partial sums of a split k.
size_t workspace_bytes(const MatmulInt4Args& args) {
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(args, &plan)) return 0;
  if (plan.config == TilePlan::kStream) return int4_stream_workspace_bytes(args);
  const int64_t partials = plan.splits == 1 ? 0 : plan.splits * args.m * args.n;
  return PermutedX(args, nullptr).bytes + sizeof(float) * partials;
}

const char* matmul_int4(const MatmulInt4Args& args, void* workspace, Stream stream) {
  return multiply(args, Int4ProductX(args.x, args.k), workspace, stream);
}

const char* matmul_int8_int4(const MatmulInt4Args& args, const int32_t* words, void* workspace,
                             Stream stream) {
  return multiply(args, Int4ProductX(words, args.k), workspace, stream);
}

}  // namespace qutlass::cuda
