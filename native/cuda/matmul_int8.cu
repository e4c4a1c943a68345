// matmul_int8: the choice of a kernel and its launch.
#include "cuda/each_word.cuh"
#include "cuda/launch.h"
#include "cuda/matmul_int8.cuh"
#include "cuda/matmul_int8_stream.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "matmul_int8";

using LaunchTiles = cudaError_t (*)(const MatmulInt8Args&, int32_t* partials, const TilePlan&,
                                    Stream);

template <class Tile, bool kHasZero>
cudaError_t launch_tiles(const MatmulInt8Args& args, int32_t* partials, const TilePlan& plan,
                         Stream stream) {
  constexpr auto kernel = matmul_int8_kernel<Tile, kHasZero>;
  if (const cudaError_t error = allow_shared_memory<kernel>(Tile::kSharedBytes)) return error;
  const dim3 grid(static_cast<unsigned>(ceil_div(args.m, Tile::kM) * ceil_div(args.n, Tile::kN)),
                  static_cast<unsigned>(plan.splits));
  kernel<<<grid, Tile::kThreads, Tile::kSharedBytes, stream>>>(args, partials,
                                                               plan.steps_per_split);
  return cudaGetLastError();
}

// The tile configurations: rows x columns x bytes of k a step, warps down x across, stages.
using Tile128x256 = Int8Tile<128, 256, 64, 2, 4, 4>;
using Tile128x128 = Int8Tile<128, 128, 128, 2, 2, 3>;
using Tile64x128 = Int8Tile<64, 128, 128, 2, 2, 4>;
using Tile64x64 = Int8Tile<64, 64, 128, 2, 2, 6>;
using Tile32x64 = Int8Tile<32, 64, 128, 1, 4, 8>;
using Tile16x128 = Int8Tile<16, 128, 128, 1, 4, 5>;
// For matrices whose rows are not aligned.
using Tile128x128Unaligned = Int8Tile<128, 128, 128, 2, 2, 3, false>;
using Tile64x64Unaligned = Int8Tile<64, 64, 128, 2, 2, 6, false>;
using Tile32x64Unaligned = Int8Tile<32, 64, 128, 1, 4, 8, false>;

// A tile with its costs: step, least step, block (tile_plan.h).
template <class Tile>
constexpr TileShape shape_of(const char* name, int resident_blocks, float step_us,
                             float least_step_us, float block_us) {
  return {name,    Tile::kM,      Tile::kN, Tile::kStepK, Tile::kSharedBytes, resident_blocks,
          step_us, least_step_us, block_us};
}

// Fitted to the times of every configuration on an H200: native/bench/cuda/fit_tile_costs.py.
constexpr TileShape kTiles[] = {shape_of<Tile128x256>("128x256", 1, 0.543f, 0.543f, 4.31f),
                                shape_of<Tile128x128>("128x128", 2, 0.553f, 0.553f, 2.74f),
                                shape_of<Tile64x128>("64x128", 2, 0.339f, 0.383f, 1.95f),
                                shape_of<Tile64x64>("64x64", 2, 0.221f, 0.221f, 1.97f),
                                shape_of<Tile32x64>("32x64", 2, 0.171f, 0.171f, 1.69f),
                                shape_of<Tile16x128>("16x128", 2, 0.192f, 0.192f, 1.52f)};
template <bool kHasZero>
constexpr LaunchTiles kLaunchTiles[] = {
    launch_tiles<Tile128x256, kHasZero>, launch_tiles<Tile128x128, kHasZero>,
    launch_tiles<Tile64x128, kHasZero>,  launch_tiles<Tile64x64, kHasZero>,
    launch_tiles<Tile32x64, kHasZero>,   launch_tiles<Tile16x128, kHasZero>};
constexpr TileMenu kMenu{
    kTiles, sizeof kTiles / sizeof *kTiles, 16, "QUTLASS_INT8_CONFIG", 1.0f, 0.76f,
    1.34f,  {1.94f, 0.0f, 0.319f, 0.0112f}};
static_assert(sizeof kLaunchTiles<false> / sizeof *kLaunchTiles<false> == kMenu.count,
              "one launcher a tile");

constexpr TileShape kUnalignedTiles[] = {
    shape_of<Tile128x128Unaligned>("128x128", 2, 1.1f, 1.1f, 2.74f),
    shape_of<Tile64x64Unaligned>("64x64", 2, 0.5f, 0.5f, 1.97f),
    shape_of<Tile32x64Unaligned>("32x64", 2, 0.4f, 0.4f, 1.69f)};
template <bool kHasZero>
constexpr LaunchTiles kLaunchUnalignedTiles[] = {launch_tiles<Tile128x128Unaligned, kHasZero>,
                                                 launch_tiles<Tile64x64Unaligned, kHasZero>,
                                                 launch_tiles<Tile32x64Unaligned, kHasZero>};
constexpr TileMenu kUnalignedMenu{
    kUnalignedTiles,        sizeof kUnalignedTiles / sizeof *kUnalignedTiles,
    kMenu.max_stream_rows,  kMenu.variable,
    kMenu.bytes_per_weight, kMenu.launch_us,
    kMenu.split_us,         kMenu.stream};

bool is_aligned(const MatmulInt8Args& args) {
  return GlobalMatrix{args.a, args.m, args.words * 4}.rows_are_aligned() &&
         GlobalMatrix{args.b, args.n, args.words * 4}.rows_are_aligned();
}

// The tiles that can compute a product.
struct TileChoice {
  const TileMenu& menu;
  const LaunchTiles* launchers;
};

TileChoice tiles_for(const MatmulInt8Args& args) {
  if (!is_aligned(args)) {
    return {kUnalignedMenu,
            args.a_zero ? kLaunchUnalignedTiles<true> : kLaunchUnalignedTiles<false>};
  }
  return {kMenu, args.a_zero ? kLaunchTiles<true> : kLaunchTiles<false>};
}

const char* plan_for(const MatmulInt8Args& args, TilePlan* plan) {
  return make_plan(kOp, tiles_for(args).menu, {args.m, args.n, args.words * kInt8PerWord}, plan);
}

template <int kFragments, bool kHasZero, bool kAligned>
cudaError_t launch_stream(const MatmulInt8Args& args, Stream stream) {
  constexpr auto kernel = stream_int8_kernel<kFragments, kHasZero, kAligned>;
  constexpr int kMostBytes = stream_shared_bytes<Int8Ring, kFragments>(kStreamMaxWarps);
  if (const cudaError_t error = allow_shared_memory<kernel>(kMostBytes)) return error;
  const auto plan = StreamPlan::of<Int8Ring>(args.n, args.words);
  kernel<<<plan.blocks, plan.warps * kWarpSize,
           stream_shared_bytes<Int8Ring, kFragments>(plan.warps), stream>>>(args, plan);
  return cudaGetLastError();
}

template <int kFragments>
cudaError_t launch_stream(const MatmulInt8Args& args, Stream stream) {
  // The kernel for zero points takes their absence too.
  if (!is_aligned(args)) return launch_stream<kFragments, true, false>(args, stream);
  return args.a_zero ? launch_stream<kFragments, true, true>(args, stream)
                     : launch_stream<kFragments, false, true>(args, stream);
}

}  // namespace

const TileMenu& menu_for(const MatmulInt8Args& args) { return tiles_for(args).menu; }

std::string configuration(const MatmulInt8Args& args) {
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  return plan_name(menu_for(args), plan);
}

size_t workspace_bytes(const MatmulInt8Args& args) {
  TilePlan plan;
  if (args.m == 0 || args.n == 0 || plan_for(args, &plan) || plan.splits == 1) return 0;
  return sizeof(int32_t) * plan.splits * args.m * args.n;
}

const char* matmul_int8(const MatmulInt8Args& args, void* workspace, Stream stream) {
  if (args.m == 0 || args.n == 0) return nullptr;
  TilePlan plan;
  if (const char* reason = plan_for(args, &plan)) return reason;
  if (plan.config == TilePlan::kStream) {
    return failure(kOp,
                   args.m <= 8 ? launch_stream<1>(args, stream) : launch_stream<2>(args, stream));
  }
  const LaunchTiles launch = tiles_for(args).launchers[plan.config];
  if (plan.splits == 1) return failure(kOp, launch(args, nullptr, plan, stream));

  auto* partials = static_cast<int32_t*>(workspace);
  if (const cudaError_t error = launch(args, partials, plan, stream)) return failure(kOp, error);
  return failure(kOp,
                 launch_each_word(FinishInt8{args, partials, plan.splits}, args.m, args.n, stream));
}

}  // namespace qutlass::cuda
