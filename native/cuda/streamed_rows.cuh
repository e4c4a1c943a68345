// What the products for few rows have in common. They are bound by reading the weights once.
//
// A block takes tiles of 16 or 32 rows of the weights, one after the other. Its warps divide k:
// each streams its part of every tile through a ring of pieces in shared memory that is its own,
// the pieces of the next tile behind those of the last, and the sums of the warps meet at the end
// of a tile.
//
// The weights are the `a` operand of the mma (16 rows), the few rows of the other matrix its `b`
// operand (8 columns). Both have k last, and within one mma the order of k is free, so each lane
// takes whole words of a row, and the same k of the other matrix.
#pragma once

#include <algorithm>

#include "cuda/shared_tile.cuh"
#include "cuda/tile_plan.h"

namespace qutlass::cuda {

constexpr int kStreamMaxWarps = 8;

// What a warp keeps in shared memory: pieces of kTileRows rows of the weights.
template <int kTileRows, int kRowBytes, int kStageCount>
struct PieceRing {
  static constexpr int kRows = kTileRows;
  static constexpr int kPieceBytes = kRowBytes;  // of each row
  static constexpr int kPieceWords = kPieceBytes / 4;
  static constexpr int kStages = kStageCount;
  static constexpr int kStageBytes = kRows * kPieceBytes;
  static constexpr int kBytes = kStages * kStageBytes;
  using Layout = SwizzledLayout<kPieceBytes>;
};

// A warp's sums of a tile, kFragments fragments of 16 x 8.
template <int kFragments>
constexpr int kWarpSums = kFragments * 4 * kWarpSize;

// The shared memory of a block: a ring a warp, then the sums of each warp, then `extra` bytes.
template <class Ring, int kFragments>
constexpr int stream_shared_bytes(int warps, int extra = 0) {
  return warps * (Ring::kBytes + kWarpSums<kFragments> * 4) + extra;
}

// How the rows are divided among blocks and the pieces of a row among the warps of a block.
struct StreamPlan {
  int64_t tiles;
  unsigned blocks;
  int warps = 1;
  int pieces_per_warp;

  // For so many words in each of the rows.
  template <class Ring>
  static StreamPlan of(int64_t rows, int64_t words) {
    StreamPlan plan;
    plan.tiles = ceil_div(rows, Ring::kRows);
    const int64_t pieces = ceil_div(words, Ring::kPieceWords);
    while (plan.warps < kStreamMaxWarps && plan.warps < pieces) plan.warps *= 2;
    plan.pieces_per_warp = static_cast<int>(ceil_div(pieces, plan.warps));
    constexpr int kResidentWarps = kStreamResidentBlocks * kStreamMaxWarps;
    const int64_t resident = multiprocessor_count() * (kResidentWarps / plan.warps);
    plan.blocks = static_cast<unsigned>(std::min(plan.tiles, resident));
    return plan;
  }
};

// Where the sums of the block's warps lie, and what comes behind them.
template <class Ring>
__device__ __forceinline__ unsigned char* behind_rings() {
  return dynamic_shared_memory() + blockDim.x / kWarpSize * Ring::kBytes;
}

template <class Ring, int kFragments>
__device__ __forceinline__ unsigned char* behind_sums() {
  return behind_rings<Ring>() + blockDim.x / kWarpSize * kWarpSums<kFragments> * 4;
}

// One warp's part of the tiles of its block: pieces begin ... end - 1 of each, one after the other.
template <bool kAligned, class Ring>
class PieceStream {
 public:
  __device__ PieceStream(const GlobalMatrix& weights, int64_t tiles, int begin, int end)
      : weights_(weights),
        row_words_(static_cast<int>(weights.row_bytes / 4)),
        tiles_(tiles),
        tile_(blockIdx.x),
        begin_(begin),
        end_(end),
        next_(begin),
        loader_(loader_of_tile()) {}

  // Asks for the next piece; for nothing after the last one.
  __device__ __forceinline__ void load_next(uint32_t shared) {
    if (next_ == end_) {
      tile_ += gridDim.x;
      loader_ = loader_of_tile();
      next_ = begin_;
    }
    if (tile_ >= tiles_) return;
    loader_.template load_next<kAligned>(shared, row_words_ - next_ * Ring::kPieceWords);
    ++next_;
  }

 private:
  using Loader =
      TileLoader<Ring::kRows, Ring::kPieceBytes / kChunkBytes, kWarpSize, typename Ring::Layout>;

  __device__ __forceinline__ Loader loader_of_tile() const {
    return Loader(weights_, tile_ * Ring::kRows, int64_t{begin_} * Ring::kPieceBytes,
                  threadIdx.x % kWarpSize);
  }

  GlobalMatrix weights_;
  int row_words_;
  int64_t tiles_;
  int64_t tile_;
  int begin_;
  int end_;
  int next_;
  Loader loader_;
};

// Adds up the sums of the block's warps, in the order of the warps, and gives each to
// `store(row, column, fragment, sum)`: row 0 ... 15, column 0 ... 7 of a fragment.
template <class Ring, int kFragments, class T, class Store>
__device__ __forceinline__ void reduce_warps(const T (&sums)[kFragments][4], const Store& store) {
  static_assert(sizeof(T) == 4, "the sums are words");
  T* all = reinterpret_cast<T*>(behind_rings<Ring>());
  T* own = all + threadIdx.x / kWarpSize * kWarpSums<kFragments>;
#pragma unroll
  for (int i = 0; i < kFragments; ++i) {
#pragma unroll
    for (int r = 0; r < 4; ++r) own[(4 * i + r) * kWarpSize + threadIdx.x % kWarpSize] = sums[i][r];
  }
  __syncthreads();
  const int warps = blockDim.x / kWarpSize;
  for (int index = threadIdx.x; index < kWarpSums<kFragments>; index += blockDim.x) {
    T sum = all[index];
    for (int warp = 1; warp < warps; ++warp) sum += all[warp * kWarpSums<kFragments> + index];
    const int lane = index % kWarpSize;
    const int r = index / kWarpSize % 4;
    store(lane / 4 + r / 2 * 8, lane % 4 * 2 + r % 2, index / (4 * kWarpSize), sum);
  }
  __syncthreads();  // before the next tile's sums
}

// Streams the weights past `consumer`, which for each tile gets `start(tile, piece)`, then
// `consume(shared address)` for each of its warp's pieces from that one on, and has `sums` at the
// end, which go to `store(tile, row, column, fragment, sum)`. All threads of the block call
// `prepare()` before the first tile, when its pieces are on their way. kAligned says that the
// weights' rows_are_aligned().
template <bool kAligned, class Ring, class Consumer, class Prepare, class Store>
__device__ __forceinline__ void stream_rows(const GlobalMatrix& weights, int64_t tiles,
                                            int pieces_per_warp, Consumer& consumer,
                                            const Prepare& prepare, const Store& store) {
  const auto pieces = static_cast<int>(ceil_div(weights.row_bytes, Ring::kPieceBytes));
  const int warp = threadIdx.x / kWarpSize;
  const int begin = min(warp * pieces_per_warp, pieces);
  const int end = min(begin + pieces_per_warp, pieces);
  PieceStream<kAligned, Ring> stream(weights, begin < end ? tiles : 0, begin, end);

  const uint32_t ring = ptx::shared_address(dynamic_shared_memory() + warp * Ring::kBytes);
  const auto load = [&](int stage) { stream.load_next(ring + stage * Ring::kStageBytes); };
  start_pipeline<Ring::kStages>(load);
  prepare();
  int stage = 0;
  int free_stage = Ring::kStages - 1;
  for (int64_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    consumer.start(tile, begin);
    for (int piece = begin; piece < end; ++piece) {
      ptx::wait_for_copies<Ring::kStages - 2>();
      __syncwarp();
      load(free_stage);
      ptx::commit_copies();
      consumer.consume(ring + stage * Ring::kStageBytes);
      free_stage = stage;
      stage = stage + 1 < Ring::kStages ? stage + 1 : 0;
    }
    consumer.finish();
    reduce_warps<Ring>(consumer.sums, [&](int row, int column, int fragment, auto sum) {
      store(tile, row, column, fragment, sum);
    });
  }
  ptx::wait_for_copies<0>();
}

}  // namespace qutlass::cuda
