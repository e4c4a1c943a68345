// What the products for few rows have in common. They are bound by reading the weights once: a
// block takes 16 rows of the weights, its warps divide k, each streams its part through a ring of
// pieces in shared memory that is its own, and the sums of the warps meet at the end.
//
// The weights are the `a` operand of the mma (16 rows), the few rows of the other matrix its `b`
// operand (8 columns). Both have k last, and within one mma the order of k is free, so each lane
// takes whole words of a row, and the same k of the other matrix.
#pragma once

#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

constexpr int kStreamedRows = 16;  // rows of the weights in a block
constexpr int kStreamMaxWarps = 8;
constexpr int kStreamStages = 4;
constexpr int kPieceBytes = 128;  // of each row
constexpr int kPieceWords = kPieceBytes / 4;
constexpr int kRingStageBytes = kStreamedRows * kPieceBytes;
constexpr int kRingBytes = kStreamStages * kRingStageBytes;
constexpr int kStreamMaxBytes = kStreamMaxWarps * kRingBytes;
static_assert(kStreamMaxBytes <= kMaxSharedBytes, "the rings must fit the smallest device");
using PieceLayout = SwizzledLayout<kPieceBytes>;

// How the pieces of a row are divided among the warps of a block: enough warps to keep the device's
// memory busy, no more, since each has a start and an end of its own.
struct StreamPlan {
  unsigned blocks;
  int warps = 1;
  int pieces_per_warp;

  StreamPlan(int64_t rows, int64_t words)
      : blocks(static_cast<unsigned>(ceil_div(rows, kStreamedRows))) {
    constexpr int kWarpsPerMultiprocessor = 16;
    const int64_t wanted = int64_t{kWarpsPerMultiprocessor} * multiprocessor_count();
    const int64_t pieces = ceil_div(words, kPieceWords);
    while (warps < kStreamMaxWarps && warps < pieces && warps * int64_t{blocks} < wanted) {
      warps *= 2;
    }
    pieces_per_warp = static_cast<int>(ceil_div(pieces, warps));
  }
};

// This warp's part of the dynamic shared memory.
__device__ __forceinline__ unsigned char* warp_ring() {
  return dynamic_shared_memory() + threadIdx.x / kWarpSize * kRingBytes;
}

// Streams this warp's part of rows first_row ... first_row + 15 past `consumer`, which gets
// `start(piece)` once and then `consume(shared address)` for each piece from that one on. All
// threads of the block call `prepare()` before, when the first pieces are on their way. kAligned
// says that the weights' rows_are_aligned().
template <bool kAligned, class Consumer, class Prepare>
__device__ __forceinline__ void stream_rows(const GlobalMatrix& weights, int64_t first_row,
                                            int pieces_per_warp, Consumer& consumer,
                                            const Prepare& prepare) {
  const auto pieces = static_cast<int>(ceil_div(weights.row_bytes, kPieceBytes));
  const int begin = static_cast<int>(threadIdx.x) / kWarpSize * pieces_per_warp;
  const int end = min(begin + pieces_per_warp, pieces);
  TileLoader<kStreamedRows, kPieceBytes / kChunkBytes, kWarpSize, PieceLayout> loader(
      weights, first_row, int64_t{begin} * kPieceBytes, int64_t{end} * kPieceBytes,
      threadIdx.x % kWarpSize);
  const uint32_t ring = ptx::shared_address(warp_ring());
  const auto load = [&](int stage) {
    loader.template load_next<kAligned>(ring + stage * kRingStageBytes);
  };
  if (begin < end) start_pipeline<kStreamStages>(load);
  prepare();
  if (begin >= end) return;
  consumer.start(begin);
  run_pipeline<kStreamStages>(
      end - begin, load,
      [&](int stage, const auto& load_ahead) {
        load_ahead();
        consumer.consume(ring + stage * kRingStageBytes);
      },
      [] { __syncwarp(); });
}

// Adds up the fragments of a block's warps, in the order of the warps, and gives each result to
// `store(row, column, fragment, sum)`: row 0 ... 15 of the weights, column 0 ... 7 of a fragment.
template <int kFragments, class T, class Store>
__device__ __forceinline__ void reduce_warps(const T (&fragments)[kFragments][4],
                                             const Store& store) {
  constexpr int kSums = kFragments * 4 * kWarpSize;
  static_assert(kSums * sizeof(T) <= kRingBytes, "the sums of a warp take the place of its ring");
  T* own = reinterpret_cast<T*>(warp_ring());
  __syncwarp();
#pragma unroll
  for (int i = 0; i < kFragments; ++i) {
#pragma unroll
    for (int r = 0; r < 4; ++r)
      own[(4 * i + r) * kWarpSize + threadIdx.x % kWarpSize] = fragments[i][r];
  }
  __syncthreads();
  const int warps = blockDim.x / kWarpSize;
  const T* all = reinterpret_cast<const T*>(dynamic_shared_memory());
  for (int index = threadIdx.x; index < kSums; index += blockDim.x) {
    T sum = all[index];
    for (int warp = 1; warp < warps; ++warp) sum += all[warp * (kRingBytes / sizeof(T)) + index];
    const int lane = index % kWarpSize;
    const int r = index / kWarpSize % 4;
    store(lane / 4 + r / 2 * 8, lane % 4 * 2 + r % 2, index / (4 * kWarpSize), sum);
  }
}

}  // namespace qutlass::cuda
