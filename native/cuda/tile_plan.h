// How a matrix product is cut into pieces of work: shared by the int8 and the int4 product.
#pragma once

#include <cstdint>

#include "cuda/device.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// y[m, n], sums over k elements.
struct ProductShape {
  int64_t m;
  int64_t n;
  int64_t k;
};

// The static shape of a tile configuration.
struct TileShape {
  const char* name;
  int m;  // rows of y in a block's tile
  int n;  // columns of y
  int k;  // elements along k in a step of its pipeline
  // On devices with more shared memory a multiprocessor the tile is passed over: there two blocks
  // of smaller tiles run side by side, which is faster.
  int most_shared_bytes = INT32_MAX;
};

// How one product is computed.
struct TilePlan {
  static constexpr int kStream = -1;

  int config;  // an index into the op's table of tiles, or kStream: by the kernel for few rows
  // Parts into which k is divided among blocks. With more than one each block writes partial sums,
  // and a second kernel adds them up in a fixed order.
  int splits;
  int steps_per_split;
};

// What an op can choose among.
struct TileMenu {
  const TileShape* tiles;  // in order of falling size
  int count;
  int64_t max_stream_rows;
  const char* variable;  // the environment variable that forces a choice
};

// The plan for a product: the kernel for few rows where it applies, else the tiles that suit the
// shape and the device best. The environment variable forces one: "stream", or the name of a tile
// with an optional number of splits ("64x64" or "64x64/3"). Returns null, or what is wrong with the
// variable.
const char* make_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                      TilePlan* plan);

// Whether the environment variable is set.
bool is_plan_forced(const TileMenu& menu);

// What there is for a product; its matrices are not read.
const TileMenu& menu_for(const MatmulInt8Args& args);
const TileMenu& menu_for(const MatmulInt4Args& args);

}  // namespace qutlass::cuda
