// The tile configurations of the integer products: rows x columns x bytes of k a step, warps down x
// across, stages.
#pragma once

#include "cuda/matmul_integers.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

using Tile128x256 = IntegerTile<128, 256, 64, 2, 4, 4>;
using Tile128x128 = IntegerTile<128, 128, 128, 2, 2, 3>;
using Tile64x128 = IntegerTile<64, 128, 128, 2, 2, 4>;
using Tile64x64 = IntegerTile<64, 64, 128, 2, 2, 6>;
using Tile32x64 = IntegerTile<32, 64, 128, 1, 4, 8>;
using Tile16x128 = IntegerTile<16, 128, 128, 1, 4, 5>;
// For matrices whose rows are not aligned.
using Tile128x128Unaligned = IntegerTile<128, 128, 128, 2, 2, 3, false>;
using Tile64x64Unaligned = IntegerTile<64, 64, 128, 2, 2, 6, false>;
using Tile32x64Unaligned = IntegerTile<32, 64, 128, 1, 4, 8, false>;

// For int4 with a widened; the first for devices whose blocks can have more shared memory than the
// smallest device's.
using Tile128x256Wide = IntegerTile<128, 256, 128, 2, 4, 3, true, 2>;
using Tile128x128Wide = IntegerTile<128, 128, 64, 2, 2, 4, true, 2>;

// A tile, for elements of which so many are in a word, with its costs: step, least step, block
// (tile_plan.h).
template <class Tile, int kPerWord>
constexpr TileShape shape_of(const char* name, int resident_blocks, float step_us,
                             float least_step_us, float block_us) {
  return {name,
          Tile::kM,
          Tile::kN,
          Tile::kStepBytes / 4 * kPerWord,
          Tile::kSharedBytes,
          resident_blocks,
          step_us,
          least_step_us,
          block_us};
}

}  // namespace qutlass::cuda
