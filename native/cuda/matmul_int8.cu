// matmul_int8: what there is to choose among.
#include "cuda/integer_launch.cuh"

namespace qutlass::cuda {

namespace {

// Fitted to the times of every configuration on an H200: native/bench/cuda/fit_tile_costs.py.
constexpr TileShape kTiles[] = {
    shape_of<Tile128x256, kInt8PerWord>("128x256", 1, 0.543f, 0.543f, 4.31f),
    shape_of<Tile128x128, kInt8PerWord>("128x128", 2, 0.553f, 0.553f, 2.74f),
    shape_of<Tile64x128, kInt8PerWord>("64x128", 2, 0.339f, 0.383f, 1.95f),
    shape_of<Tile64x64, kInt8PerWord>("64x64", 2, 0.221f, 0.221f, 1.97f),
    shape_of<Tile32x64, kInt8PerWord>("32x64", 2, 0.171f, 0.171f, 1.69f),
    shape_of<Tile16x128, kInt8PerWord>("16x128", 2, 0.192f, 0.192f, 1.52f)};
constexpr TileMenu kMenu{
    kTiles, sizeof kTiles / sizeof *kTiles, 16, "QUTLASS_INT8_CONFIG", 1.0f, 0.76f,
    1.34f,  {1.94f, 0.0f, 0.319f, 0.0112f}};

constexpr TileShape kUnalignedTiles[] = {
    shape_of<Tile128x128Unaligned, kInt8PerWord>("128x128", 2, 1.1f, 1.1f, 2.74f),
    shape_of<Tile64x64Unaligned, kInt8PerWord>("64x64", 2, 0.5f, 0.5f, 1.97f),
    shape_of<Tile32x64Unaligned, kInt8PerWord>("32x64", 2, 0.4f, 0.4f, 1.69f)};
constexpr TileMenu kUnalignedMenu =
    menu_like(kMenu, kUnalignedTiles, sizeof kUnalignedTiles / sizeof *kUnalignedTiles);

static_assert(sizeof kLaunchTiles<Int8Elements<true>> / sizeof(LaunchTiles) == kMenu.count &&
                  sizeof kLaunchUnalignedTiles<Int8Elements<true>> / sizeof(LaunchTiles) ==
                      kUnalignedMenu.count,
              "one launcher a tile");

template <class Elements>
IntegerKernels kernels_for(bool aligned) {
  // The kernel for zero points takes their absence too.
  using Unaligned = Int8Elements<true>;
  if (!aligned) {
    return {kUnalignedMenu, kLaunchUnalignedTiles<Elements>,    kUnalignedMenu.count,
            false,          launch_stream<Unaligned, 1, false>, launch_stream<Unaligned, 2, false>};
  }
  return {kMenu, kLaunchTiles<Elements>,           kMenu.count,
          false, launch_stream<Elements, 1, true>, launch_stream<Elements, 2, true>};
}

IntegerProduct product_of(const MatmulInt8Args& args) {
  const bool aligned = is_aligned(args);
  return {"matmul_int8", args, kInt8PerWord,
          args.a_zero ? kernels_for<Int8Elements<true>>(aligned)
                      : kernels_for<Int8Elements<false>>(aligned)};
}

}  // namespace

const TileMenu& menu_for(const MatmulInt8Args& args) { return product_of(args).kernels.menu; }

std::string configuration(const MatmulInt8Args& args) { return configuration(product_of(args)); }

size_t workspace_bytes(const MatmulInt8Args& args) { return workspace_bytes(product_of(args)); }

const char* matmul_int8(const MatmulInt8Args& args, void* workspace, Stream stream) {
  return run(product_of(args), workspace, stream);
}

}  // namespace qutlass::cuda
