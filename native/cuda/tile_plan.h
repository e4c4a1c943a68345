// How a matrix product is cut into pieces of work: shared by all of them.
#pragma once

#include <cstdint>
#include <string>

#include "cuda/device.h"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// y[m, n], sums over k elements.
struct ProductShape {
  int64_t m;
  int64_t n;
  int64_t k;
};

// A tile configuration, and what it costs: times in microseconds, of one multiprocessor.
struct TileShape {
  const char* name;
  int m;  // rows of y in a block's tile
  int n;  // columns of y
  int k;  // elements along k in a step of its pipeline
  int shared_bytes;
  int resident_blocks;  // at most, on a multiprocessor; fewer where its shared memory is small
  float step_us;        // of a step, where enough blocks are resident to hide their waiting
  float least_step_us;  // of a step of one block, however few others there are
  float block_us;       // of a block apart from its steps: filling the pipeline, storing
};

// The kernel for few rows gives each block so many rows of the weights at a time,
constexpr int kStreamedRows = 16;
// and keeps so many blocks on a multiprocessor, where they fit.
constexpr int kStreamResidentBlocks = 2;

// The kernel for few rows: base_us + its share of 1024 elements of 16 rows of the weights, each
// (row_us + row_us_per_m * m), or the time to read the weights where that is longer.
struct StreamCosts {
  float base_us;
  float several_rows_us;  // more, for more than one row
  float row_us;
  float row_us_per_m;
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
  const TileShape* tiles;
  int count;
  int64_t max_stream_rows;
  const char* variable;  // the environment variable that forces a choice
  float bytes_per_weight;
  float launch_us;  // of what every product by tiles queues
  float split_us;   // more, to add up the parts of k
  StreamCosts stream;
};

// Other tiles with the costs of a menu.
constexpr TileMenu menu_like(const TileMenu& menu, const TileShape* tiles, int count) {
  return {tiles,          count,         menu.max_stream_rows, menu.variable, menu.bytes_per_weight,
          menu.launch_us, menu.split_us, menu.stream};
}

// The plan for a product: the one that the costs say is fastest. The environment variable forces
// one: "stream", or the name of a tile with an optional number of splits ("64x64" or "64x64/3").
// Returns null, or what is wrong with the variable.
const char* make_plan(const char* op, const TileMenu& menu, const ProductShape& product,
                      TilePlan* plan);

// A plan as the environment variable names it.
std::string plan_name(const TileMenu& menu, const TilePlan& plan);

// Whether the environment variable is set.
bool is_plan_forced(const TileMenu& menu);

// What there is for a product; its matrices are not read.
const TileMenu& menu_for(const MatmulInt8Args& args);
const TileMenu& menu_for(const MatmulInt4Args& args);
const TileMenu& menu_for(const MatmulInt4Int4Args& args);

}  // namespace qutlass::cuda
