// Rows of 256, 512 or 768 values that are rotated by Hadamard, many of them: a warp with a row each
// would leave lanes idle, so they are taken as one long array, a chunk a warp. A quarter of a warp,
// eight lanes, then holds 256 neighbours, all of one row; a block takes whole rows, and the maxima
// of a row's quarters meet in shared memory.
#pragma once

#include "cuda/divisor.cuh"
#include "cuda/launch.h"
#include "cuda/rotated_row.cuh"
#include "cuda/rows_to_quantize.cuh"

namespace qutlass::cuda {

constexpr uint32_t kQuarterValues = kChunkValues / 4;
constexpr uint32_t kQuarterLanes = kWarpSize / 4;
constexpr uint32_t kQuarterWarps = 3;  // of a block: as many quarters as are whole rows of any size
constexpr int kQuarterBlocksPerMultiprocessor = 10;
constexpr uint32_t kBlockQuarters = 4 * kQuarterWarps;
static_assert(kBlockQuarters % 2 == 0 && kBlockQuarters % 3 == 0, "whole rows");

// Blocks of 32 to 256 leave a lane with groups of one quarter.
inline bool has_quarters(const RowsToQuantize& args, const Rotation& rotation) {
  const bool has_whole = args.k > 0 && args.k < kChunkValues && args.k % kQuarterValues == 0;
  return has_whole && args.symmetric && args.method == ScaleMethod::kAbsMax && !rotation.matrix &&
         rotation.block_size > kNeighbours && rotation.block_size <= kQuarterValues;
}

// The greatest magnitude of a lane's quarter, as the bits of value_range.cuh.
__device__ __forceinline__ uint32_t quarter_magnitude(const Chunk& values) {
  uint32_t bits = float_bits(greatest_magnitude(values)) & kMagnitudeBits;
#pragma unroll
  for (uint32_t lane = kQuarterLanes / 2; lane > 0; lane /= 2) {
    bits = max(bits, __shfl_xor_sync(0xffffffffu, bits, lane));
  }
  return bits;
}

template <class Format>
__global__ __launch_bounds__(
    kQuarterWarps* kWarpSize,
    kQuarterBlocksPerMultiprocessor) void quantize_rotated_quarters(RowsToQuantize args,
                                                                    GroupedHadamard rotation,
                                                                    Divisor row_quarters) {
  __shared__ __align__(128) uint4 chunks[kQuarterWarps][kChunkValues / 4];
  __shared__ uint32_t magnitudes[kBlockQuarters];
  constexpr uint32_t kBlockValues = kQuarterWarps * kChunkValues;
  const int64_t first = int64_t{blockIdx.x} * kBlockValues;
  const auto count = static_cast<uint32_t>(min(args.rows * args.k - first, int64_t{kBlockValues}));
  const RotatedRow<Format, GroupedHadamard, true> row{args.x + first, count, rotation};

  const uint32_t warp = threadIdx.x / kWarpSize;
  row.copy(chunks[warp], warp);
  ptx::commit_copies();
  ptx::wait_for_copies<0>();
  __syncwarp();
  Chunk values;
  row.load_copied(values, chunks[warp]);

  const uint32_t quarter = threadIdx.x / kQuarterLanes;
  const uint32_t magnitude = quarter_magnitude(values);
  if (threadIdx.x % kQuarterLanes == 0) magnitudes[quarter] = magnitude;
  __syncthreads();
  const uint32_t index = row_quarters.quotient(quarter);  // of the row in the block
  const uint32_t first_quarter = index * row_quarters.value();
  uint32_t of_row = magnitudes[first_quarter];
  for (uint32_t i = 1; i < row_quarters.value(); ++i) {
    of_row = max(of_row, magnitudes[first_quarter + i]);
  }

  const Quantizer quantizer = Format::of_limit(float_from_bits(of_row));
  Format format(quantizer, args.row(0));
  row.store(args.values + first / Format::kPerWord, values, warp, format);
  const bool is_first = quarter == first_quarter && threadIdx.x % kQuarterLanes == 0;
  if (is_first && quarter * kQuarterValues < count) {
    args.finish(int64_t{blockIdx.x} * row_quarters.quotient(kBlockQuarters) + index, quantizer);
  }
}

template <class Format>
cudaError_t launch_quarters(const RowsToQuantize& args, const GroupedHadamard& rotation,
                            Stream stream) {
  const Divisor row_quarters(static_cast<uint32_t>(args.k / kQuarterValues));
  const int64_t block_rows = kBlockQuarters / row_quarters.value();
  const auto blocks = static_cast<unsigned>(ceil_div(args.rows, block_rows));
  quantize_rotated_quarters<Format>
      <<<blocks, kQuarterWarps * kWarpSize, 0, stream>>>(args, rotation, row_quarters);
  return cudaGetLastError();
}

}  // namespace qutlass::cuda
