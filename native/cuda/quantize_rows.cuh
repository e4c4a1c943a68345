// The kernels that quantize rows, and their launches: a warp a row where there are many short rows,
// else a block a row.
#pragma once

#include <algorithm>

#include "cuda/launch.h"
#include "cuda/rotated_row.cuh"
#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

// What quantize_int8 and quantize_int4 have in common.
struct RowsToQuantize {
  const float* x;
  int32_t* values;
  float* scale;
  int32_t* zero;  // or null
  int64_t rows;
  int64_t k;
  int64_t row_words;
  bool symmetric;
  ScaleMethod method;

  __device__ __forceinline__ QuantizedRow row(int64_t index) const {
    return {x + index * k, k, symmetric, method};
  }
  __device__ __forceinline__ int32_t* words(int64_t index) const {
    return values + index * row_words;
  }
  __device__ __forceinline__ void finish(int64_t index, const Quantizer& quantizer) const {
    scale[index] = quantizer.scale;
    if (zero) zero[index] = quantizer.zero;
  }
};

// Of a block of warps with a row each.
constexpr int kWarpRows = 8;
// Of a block with one row: so many share a multiprocessor that some read while others write.
template <class Rotation>
constexpr int kRotatedMaxThreads = 384;
template <>
constexpr int kRotatedMaxThreads<MatrixRotation> = 256;  // a matrix takes more registers
constexpr int kRotatedBlocksPerMultiprocessor = 2;
// What it parks.
constexpr int kMaxParkedBytes = kMaxSharedBytes - sizeof(ValueRange) * kWarpSize;

template <class Format, class Rotation>
__global__ __launch_bounds__(kWarpRows* kWarpSize) void quantize_rotated_by_warp(
    RowsToQuantize args, Rotation rotation) {
  __shared__ uint4 chunks[kWarpRows][kChunkValues / 4];
  const int64_t row = int64_t{blockIdx.x} * kWarpRows + threadIdx.x / kWarpSize;
  if (row >= args.rows) return;
  const Quantizer quantizer = quantize_rotated_row<WarpTeam, Format>(
      args.row(row), rotation, {chunks[threadIdx.x / kWarpSize], 1}, nullptr, args.words(row));
  if (WarpTeam::is_first_thread()) args.finish(row, quantizer);
}

// The sums of chunks lie behind what is parked.
template <class Format, class Rotation>
__global__ __launch_bounds__(
    kRotatedMaxThreads<Rotation>,
    kRotatedBlocksPerMultiprocessor) void quantize_rotated_by_block(RowsToQuantize args,
                                                                    Rotation rotation,
                                                                    uint32_t parked_chunks) {
  auto* parked = reinterpret_cast<uint4*>(dynamic_shared_memory());
  auto* sums = reinterpret_cast<float*>(parked) + parked_chunks * kChunkValues;
  const Quantizer quantizer = quantize_rotated_row<BlockTeam, Format>(
      args.row(blockIdx.x), rotation, {parked, parked_chunks}, sums, args.words(blockIdx.x));
  if (BlockTeam::is_first_thread()) args.finish(blockIdx.x, quantizer);
}

// Fewer rows are done sooner by a block each.
inline bool has_many_short_rows(const RowsToQuantize& args) {
  return args.k <= kChunkValues && args.rows >= int64_t{kWarpRows} * multiprocessor_count();
}

inline unsigned warp_row_blocks(const RowsToQuantize& args) {
  return static_cast<unsigned>(ceil_div(args.rows, kWarpRows));
}

// How a block goes through the chunks of a row: each warp takes as few as can be, all warps about
// the same number; there is room for those before the last, or for all where the row is copied.
struct BlockPlan {
  unsigned threads;
  uint32_t parked_chunks;
  int64_t parked_bytes;

  BlockPlan(int64_t k, int64_t chunk_values, bool copies, int64_t max_threads,
            int64_t max_parked_bytes) {
    const int64_t chunks = std::max<int64_t>(ceil_div(k, chunk_values), 1);
    const int64_t rounds = ceil_div(chunks * kWarpSize, max_threads);
    const int64_t warps = ceil_div(chunks, rounds);
    const int64_t chunk_bytes = chunk_values * static_cast<int64_t>(sizeof(float));
    const int64_t parked =
        std::min(copies ? chunks : (rounds - 1) * warps, max_parked_bytes / chunk_bytes);
    threads = static_cast<unsigned>(warps * kWarpSize);
    parked_chunks = static_cast<uint32_t>(parked);
    parked_bytes = parked * chunk_bytes;
  }
};

template <class Format, class Rotation>
cudaError_t launch_rotated_by_block(const RowsToQuantize& args, const Rotation& rotation,
                                    Stream stream) {
  constexpr auto kernel = quantize_rotated_by_block<Format, Rotation>;
  if (const cudaError_t error = allow_shared_memory<kernel>(kMaxParkedBytes)) return error;
  const auto sum_bytes =
      args.method == ScaleMethod::kQuest ? int64_t{chunk_sum_count(args.k)} * 4 : 0;
  constexpr bool kCopies = RotatedRow<Format, Rotation>::kCopies;
  const BlockPlan plan(args.k, kChunkValues, kCopies, kRotatedMaxThreads<Rotation>,
                       kMaxParkedBytes - sum_bytes);
  kernel<<<static_cast<unsigned>(args.rows), plan.threads, plan.parked_bytes + sum_bytes, stream>>>(
      args, rotation, plan.parked_chunks);
  return cudaGetLastError();
}

// Matrices are for a block, however short the rows.
template <class Format>
cudaError_t launch_rotated_quantize(const RowsToQuantize& args, const Rotation& rotation,
                                    Stream stream) {
  if (rotation.block_size && rotation.matrix) {
    return launch_rotated_by_block<Format>(
        args, MatrixRotation(rotation.matrix, rotation.block_size), stream);
  }
  const HadamardRotation hadamard(rotation.block_size);
  if (!has_many_short_rows(args)) return launch_rotated_by_block<Format>(args, hadamard, stream);
  quantize_rotated_by_warp<Format>
      <<<warp_row_blocks(args), kWarpRows * kWarpSize, 0, stream>>>(args, hadamard);
  return cudaGetLastError();
}

// Null, or why a row is too long for the method.
inline const char* check_method(const char* op, int64_t k, ScaleMethod method) {
  if (method != ScaleMethod::kQuest || k <= kMaxQuestK) return nullptr;
  return failure(op, "K is %lld, expected at most %lld for the method quest",
                 static_cast<long long>(k), static_cast<long long>(kMaxQuestK));
}

}  // namespace qutlass::cuda
