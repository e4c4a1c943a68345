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
    shape_of<Tile128x256Wide, kInt4PerWord>("128x256w", 1, 1.08f, 1.08f, 4.5f),
    shape_of<Tile128x128Wide, kInt4PerWord>("128x128w", 2, 0.555f, 0.555f, 2.7f)};
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

template <bool kAIsWithin7>
constexpr LaunchTiles kLaunchers[] = {launch_tiles<Int4Elements, Tile128x256>,
                                      launch_tiles<Int4Elements, Tile128x128>,
                                      launch_tiles<Int4Elements, Tile64x128>,
                                      launch_tiles<Int4Elements, Tile64x64>,
                                      launch_tiles<Int4Elements, Tile32x64>,
                                      launch_tiles<Int4Elements, Tile16x128>,
                                      launch_widened_tiles<kAIsWithin7, Tile128x256Wide>,
                                      launch_widened_tiles<kAIsWithin7, Tile128x128Wide>};

static_assert(sizeof kLaunchers<true> / sizeof(LaunchTiles) == kWideningMenu.count &&
                  sizeof kLaunchUnalignedTiles<Int4Elements> / sizeof(LaunchTiles) ==
                      kUnalignedMenu.count,
              "one launcher a tile");

IntegerKernels kernels_for(bool aligned, bool a_is_within_7) {
  using Elements = Int4Elements;
  if (!aligned) {
    return {kUnalignedMenu, kLaunchUnalignedTiles<Elements>, kUnalignedMenu.count,
            launch_stream<Elements, 1, false>, launch_stream<Elements, 2, false>};
  }
  return {has_int4_products() ? kMenu : kWideningMenu,
          a_is_within_7 ? kLaunchers<true> : kLaunchers<false>, kPlainTiles,
          launch_stream<Elements, 1, true>, launch_stream<Elements, 2, true>};
}

IntegerProduct with_any_a(const MatmulInt4Int4Args& args) { return cuda::product_of(args, false); }

}  // namespace

IntegerProduct product_of(const MatmulInt4Int4Args& args, bool a_is_within_7) {
  const MatmulInt8Args words = as_words(args);
  return {"matmul_int4_int4", words, kInt4PerWord, kernels_for(is_aligned(words), a_is_within_7)};
}

const TileMenu& menu_for(const MatmulInt4Int4Args& args) { return with_any_a(args).kernels.menu; }

std::string configuration(const MatmulInt4Int4Args& args) {
  return configuration(with_any_a(args));
}

size_t workspace_bytes(const MatmulInt4Int4Args& args) { return workspace_bytes(with_any_a(args)); }

const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* workspace, Stream stream) {
  return run(with_any_a(args), workspace, stream);
}

}  // namespace qutlass::cuda
