// What the launchers of the integer products share: from what there is for a product to its plan,
// its workspace and its launch.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

#include "cuda/launch.h"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

// What a product by tiles has of the workspace.
struct IntegerScratch {
  int32_t* partials;  // [splits, m, n], or null where k is not divided
  int32_t* widened;   // a, for tiles that widen it, then the sums of its rows [m]
};

// Computes a product by tiles: its results, or where there are partials its sums.
using LaunchTiles = cudaError_t (*)(const MatmulInt8Args&, const IntegerScratch&, const TilePlan&,
                                    Stream);
// Computes it by the kernel for few rows.
using LaunchStream = cudaError_t (*)(const MatmulInt8Args&, Stream);

// The kernels for a kind of elements.
struct IntegerKernels {
  const TileMenu& menu;
  const LaunchTiles* tiles;  // one for each of the menu's
  int wide_from;             // the tiles from this one on take a widened (widen_int4.cuh),
  bool widens;               // and widen it themselves
  LaunchStream stream_8;     // up to 8 rows
  LaunchStream stream_16;
};

// A product of words: of int8, or of int4 in the same arguments without zero points.
struct IntegerProduct {
  const char* op;
  MatmulInt8Args args;
  int per_word;  // elements
  IntegerKernels kernels;
};

// Of any a, or of one that comes widened where takes_widened(): its values then, and their sums as
// zero points.
IntegerProduct product_of(const MatmulInt4Int4Args& args);
IntegerProduct product_of_widened(const MatmulInt4Int4Args& args);
bool takes_widened(const IntegerProduct& product);

std::string configuration(const IntegerProduct& product);
size_t workspace_bytes(const IntegerProduct& product);
const char* run(const IntegerProduct& product, void* workspace, Stream stream);

}  // namespace qutlass::cuda
