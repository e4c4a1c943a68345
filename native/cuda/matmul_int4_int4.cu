// matmul_int4_int4: what there is to choose among. The kernels are those of matmul_int8, for other
// elements.
#include "cuda/integer_launch.cuh"
#include "cuda/widen_int4.cuh"

namespace qutlass::cuda {

namespace {

// A step is as many bytes as in matmul_int8, thus twice the elements, and takes twice the products
// where int4 is widened.
constexpr TileShape kTiles[] = {
    shape_of<Tile128x256, kInt4PerWord>("128x256", 1, 1.4f, 1.4f, 4.31f),
    shape_of<Tile128x128, kInt4PerWord>("128x128", 2, 1.25f, 1.25f, 2.74f),
    shape_of<Tile64x128, kInt4PerWord>("64x128", 2, 0.7f, 0.7f, 1.3f),
    shape_of<Tile64x64, kInt4PerWord>("64x64", 2, 0.45f, 0.45f, 1.0f),
    shape_of<Tile32x64, kInt4PerWord>("32x64", 2, 0.319f, 0.319f, 1.14f),
    shape_of<Tile16x128, kInt4PerWord>("16x128", 2, 0.338f, 0.345f, 1.16f),
    shape_of<Tile128x256Wide, kInt4PerWord>("128x256w", 1, 2.02f, 2.02f, 7.0f),
    shape_of<Tile128x128Wide, kInt4PerWord>("128x128w", 2, 0.555f, 0.555f, 3.6f)};
constexpr int kPlainTiles = 6;
constexpr TileMenu kMenu{kTiles, kPlainTiles, 16,    "QUTLASS_INT4_INT4_CONFIG",
                         0.5f,   0.76f,       1.34f, {1.94f, 0.0f, 0.16f, 0.0056f}};
// For devices whose tensor cores have no int4.
constexpr TileMenu kWideningMenu = menu_like(kMenu, kTiles, sizeof kTiles / sizeof *kTiles);

constexpr TileShape kUnalignedTiles[] = {
    shape_of<Tile128x128Unaligned, kInt4PerWord>("128x128", 2, 1.6f, 1.6f, 2.74f),
    shape_of<Tile64x64Unaligned, kInt4PerWord>("64x64", 2, 0.7f, 0.7f, 1.97f),
    shape_of<Tile32x64Unaligned, kInt4PerWord>("32x64", 2, 0.5f, 0.5f, 1.69f)};
constexpr TileMenu kUnalignedMenu =
    menu_like(kMenu, kUnalignedTiles, sizeof kUnalignedTiles / sizeof *kUnalignedTiles);

// Those from kPlainTiles on widen a themselves, or take it widened.
template <bool kIsWidened, class Tile>
constexpr LaunchTiles kLaunchWide =
    kIsWidened ? launch_tiles<Int4WideA<true>, Tile> : launch_widened_tiles<Tile>;
template <bool kIsWidened>
constexpr LaunchTiles kLaunchers[] = {
    launch_tiles<Int4Elements, Tile128x256>,  launch_tiles<Int4Elements, Tile128x128>,
    launch_tiles<Int4Elements, Tile64x128>,   launch_tiles<Int4Elements, Tile64x64>,
    launch_tiles<Int4Elements, Tile32x64>,    launch_tiles<Int4Elements, Tile16x128>,
    kLaunchWide<kIsWidened, Tile128x256Wide>, kLaunchWide<kIsWidened, Tile128x128Wide>};

static_assert(sizeof kLaunchers<true> / sizeof(LaunchTiles) == kWideningMenu.count &&
                  sizeof kLaunchUnalignedTiles<Int4Elements> / sizeof(LaunchTiles) ==
                      kUnalignedMenu.count,
              "one launcher a tile");

template <bool kIsWidened>
IntegerKernels kernels_for(bool aligned) {
  using Elements = Int4Elements;
  if (!aligned) {
    return {kUnalignedMenu, kLaunchUnalignedTiles<Elements>,   kUnalignedMenu.count,
            false,          launch_stream<Elements, 1, false>, launch_stream<Elements, 2, false>};
  }
  return {has_int4_products() ? kMenu : kWideningMenu,
          kLaunchers<kIsWidened>,
          kPlainTiles,
          !kIsWidened,
          launch_stream<Elements, 1, true>,
          launch_stream<Elements, 2, true>};
}

template <bool kIsWidened>
IntegerProduct product_with(const MatmulInt4Int4Args& args) {
  const MatmulInt8Args words = as_words(args);
  return {"matmul_int4_int4", words, kInt4PerWord, kernels_for<kIsWidened>(is_aligned(words))};
}

}  // namespace

IntegerProduct product_of(const MatmulInt4Int4Args& args) { return product_with<false>(args); }

IntegerProduct product_of_widened(const MatmulInt4Int4Args& args) {
  return product_with<true>(args);
}

const TileMenu& menu_for(const MatmulInt4Int4Args& args) { return product_of(args).kernels.menu; }

std::string configuration(const MatmulInt4Int4Args& args) {
  return configuration(product_of(args));
}

size_t workspace_bytes(const MatmulInt4Int4Args& args) { return workspace_bytes(product_of(args)); }

const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* workspace, Stream stream) {
  return run(product_of(args), workspace, stream);
}

}  // namespace qutlass::cuda
