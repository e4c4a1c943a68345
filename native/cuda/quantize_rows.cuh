// The kernels that quantize rows, and their launches: a warp a row where there are many short rows
// and quarter_rows.cuh has nothing better, else a block a row.
#pragma once

#include <algorithm>

#include "cuda/integer_elements.cuh"
#include "cuda/launch.h"
#include "cuda/quarter_rows.cuh"
#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

// Of a block of warps with a row each.
constexpr int kWarpRows = 8;
constexpr int kWarpRowsBlocksPerMultiprocessor = 4;
// Of a block with one row: so many share a multiprocessor that some read while others write.
template <class Rotation>
constexpr int kRotatedMaxThreads = 512;
template <>
constexpr int kRotatedMaxThreads<MatrixRotation> = 256;  // a matrix takes more registers
constexpr int kRotatedBlocksPerMultiprocessor = 2;

// Matrices are read by way of the cache.
template <class Rotation>
constexpr bool kIsCopied = true;
template <>
constexpr bool kIsCopied<MatrixRotation> = false;

// Beside what a block parks: what its scale takes, and the sum of each warp.
constexpr int kStaticBytes = kScaleSharedBytes + static_cast<int>(sizeof(int32_t)) * kWarpSize;

template <class Team, class Format, class Rotation>
__device__ __forceinline__ void quantize_rotated_row(const RowsToQuantize& args, int64_t index,
                                                     const Rotation& rotation,
                                                     const ParkedChunks& parked, float* sums) {
  using Row = RotatedRow<Format, Rotation, kIsCopied<Rotation>>;
  const QuantizedRow row = args.row(index);
  const Row values{row.x, static_cast<uint32_t>(row.k), rotation};
  const RowQuantization<Team, Row> quantization(row, values, parked, sums);
  const Quantizer quantizer = quantization.run(args.words(index));
  if (Team::is_first_thread()) args.finish(index, quantizer);
}

template <class Format, class Rotation>
__global__ __launch_bounds__(
    kWarpRows* kWarpSize,
    kWarpRowsBlocksPerMultiprocessor) void quantize_rotated_by_warp(RowsToQuantize args,
                                                                    Rotation rotation) {
  if constexpr (kIsForDevice<Format>) {
    __shared__ __align__(128) uint4 chunks[kWarpRows][kChunkValues / 4];
    const uint32_t warp = threadIdx.x / kWarpSize;
    const int64_t row = int64_t{blockIdx.x} * kWarpRows + warp;
    if (row >= args.rows) return;
    quantize_rotated_row<WarpTeam, Format>(args, row, rotation, {chunks[warp], 1}, nullptr);
  }
}

// The sums of chunks lie behind what is parked.
template <class Format, class Rotation>
__global__ __launch_bounds__(
    kRotatedMaxThreads<Rotation>,
    kRotatedBlocksPerMultiprocessor) void quantize_rotated_by_block(RowsToQuantize args,
                                                                    Rotation rotation,
                                                                    uint32_t parked_chunks,
                                                                    uint32_t parked_bytes) {
  if constexpr (kIsForDevice<Format>) {
    auto* parked = reinterpret_cast<uint4*>(dynamic_shared_memory());
    auto* sums = reinterpret_cast<float*>(dynamic_shared_memory() + parked_bytes);
    quantize_rotated_row<BlockTeam, Format>(args, blockIdx.x, rotation, {parked, parked_chunks},
                                            sums);
  }
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
    const int64_t places =
        std::min(copies ? chunks : (rounds - 1) * warps, max_parked_bytes / chunk_bytes);
    threads = static_cast<unsigned>(warps * kWarpSize);
    parked_chunks = static_cast<uint32_t>(copies && places < chunks ? places - warps : places);
    parked_bytes = places * chunk_bytes;
  }
};

template <class Format, class Rotation>
cudaError_t launch_rotated_by_block(const RowsToQuantize& args, const Rotation& rotation,
                                    Stream stream) {
  constexpr auto kernel = quantize_rotated_by_block<Format, Rotation>;
  const int max_bytes = max_block_shared_bytes() - kStaticBytes;
  if (const cudaError_t error = allow_shared_memory<kernel>(max_bytes)) return error;
  const auto sum_bytes =
      args.method == ScaleMethod::kQuest ? int64_t{chunk_sum_count(args.k)} * 4 : 0;
  const BlockPlan plan(args.k, kChunkValues, kIsCopied<Rotation>, kRotatedMaxThreads<Rotation>,
                       max_bytes - sum_bytes);
  kernel<<<static_cast<unsigned>(args.rows), plan.threads, plan.parked_bytes + sum_bytes, stream>>>(
      args, rotation, plan.parked_chunks, static_cast<uint32_t>(plan.parked_bytes));
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
  const GroupedHadamard hadamard{HadamardRotation(rotation.block_size)};
  if (!has_many_short_rows(args)) return launch_rotated_by_block<Format>(args, hadamard, stream);
  if constexpr (!Format::kHasSum) {
    if (has_quarters(args, rotation)) return launch_quarters<Format>(args, hadamard, stream);
  }
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
