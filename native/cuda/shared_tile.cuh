// Tiles of row-major matrices in shared memory: how they lie there and how they get there.
#pragma once

#include "cuda/device.h"
#include "cuda/ptx.cuh"

namespace qutlass::cuda {

// What a block may have on every device of compute capability 8.0 and up (the least is 8.6's).
constexpr int kMaxSharedBytes = 101376;
// And on those of 9.0.
constexpr int kMaxSharedBytes90 = 232448;

// The memory that a launch asks for, in every kernel under this one name.
__device__ __forceinline__ unsigned char* dynamic_shared_memory() {
  extern __shared__ __align__(128) unsigned char bytes[];
  return bytes;
}

constexpr int kChunkBytes = 16;  // the unit of copies and of ldmatrix rows
constexpr int kBlockBytes = 32;  // along k, of the operands of one mma

// Rows of kRowBytes one after the other, their chunks permuted so that the same chunk of eight
// consecutive rows lies in eight different sets of banks: one ldmatrix reads it without conflicts.
template <int kRowBytes>
struct SwizzledLayout {
  static constexpr int kBytesPerRow = kRowBytes;
  static constexpr int kLineBytes = 128;  // all banks once
  static constexpr int kRowsPerLine = kRowBytes < kLineBytes ? kLineBytes / kRowBytes : 1;
  // What the swizzle permutes: a row's chunks, or those of each line of a row.
  static constexpr int kSwizzledChunks = kLineBytes / kRowsPerLine / kChunkBytes;
  static constexpr int kPeriod = kRowsPerLine * kSwizzledChunks;  // in rows, of the swizzle
  static_assert(kRowBytes % kLineBytes == 0 || kLineBytes % kRowBytes == 0,
                "rows divide a line, or lines a row");

  static __device__ __forceinline__ uint32_t offset(uint32_t row, uint32_t chunk) {
    const uint32_t swizzle = row / kRowsPerLine % kSwizzledChunks;
    return row * kRowBytes + (chunk ^ swizzle) * kChunkBytes;
  }
};

// A row-major matrix of 4-byte words in global memory.
struct GlobalMatrix {
  const void* data;
  int64_t rows;
  int64_t row_bytes;

  __host__ __device__ bool rows_are_aligned() const {
    return row_bytes % kChunkBytes == 0 && reinterpret_cast<uintptr_t>(data) % kChunkBytes == 0;
  }
};

// Copies [kRows, kChunks * 16 bytes] of a matrix to shared memory, each call the next such piece
// along k. Whatever lies beyond the matrix's rows reads as zero.
template <int kRows, int kChunks, int kThreads, class Layout>
class TileLoader {
 public:
  // `thread` is the caller's index among the kThreads that share the work.
  __device__ TileLoader(const GlobalMatrix& matrix, int64_t first_row, int64_t first_byte,
                        int thread)
      : thread_(thread) {
    source_ = static_cast<const char*>(matrix.data) + (first_row + row()) * matrix.row_bytes +
              first_byte + chunk() * kChunkBytes;
    pass_stride_ = kRowsPerPass * matrix.row_bytes;
    rows_ = static_cast<int>(min(matrix.rows - first_row, int64_t{kRows}));
  }

  // From the piece on, rows have `words` left to read; what is beyond reads as zero. kAligned says
  // that the matrix's rows_are_aligned(); else it is copied word by word.
  template <bool kAligned>
  __device__ __forceinline__ void load_next(uint32_t shared, int words) {
    const int words_left = words - chunk() * kChunkBytes / 4;
    const int rows = words_left > 0 ? rows_ - row() : 0;
    const char* source = source_;
#pragma unroll
    for (int pass = 0; pass < kPasses; ++pass) {
      if (kRows % kRowsPerPass != 0 && pass * kRowsPerPass + row() >= kRows) continue;
      const uint32_t target = shared + offset_of(pass);
      const bool has_row = pass * kRowsPerPass < rows;
      if constexpr (kAligned) {
        ptx::copy_async_16(target, source, has_row);
      } else {
#pragma unroll
        for (int word = 0; word < kChunkBytes / 4; ++word) {
          ptx::copy_async_4(target + 4 * word, source + 4 * word, has_row && words_left > word);
        }
      }
      source = ptx::opaque(source + pass_stride_);
    }
    source_ += kChunks * kChunkBytes;
  }

 private:
  static_assert(kThreads % kChunks == 0, "a thread keeps its chunk in every pass");
  static constexpr int kRowsPerPass = kThreads / kChunks;
  static constexpr int kPasses = static_cast<int>(ceil_div(kRows, kRowsPerPass));

  // This thread's row in the first pass, and its chunk in every one.
  __device__ __forceinline__ int row() const { return thread_ / kChunks; }
  __device__ __forceinline__ int chunk() const { return thread_ % kChunks; }

  // Where this thread's chunk of a pass goes; one addition where the swizzle repeats every pass.
  __device__ __forceinline__ uint32_t offset_of(int pass) const {
    if constexpr (kRowsPerPass % Layout::kPeriod != 0) {
      return Layout::offset(row() + pass * kRowsPerPass, chunk());
    }
    return Layout::offset(row(), chunk()) + pass * kRowsPerPass * Layout::kBytesPerRow;
  }

  uint32_t thread_;
  const char* source_;   // this thread's chunk of the next piece, in its first row
  int64_t pass_stride_;  // bytes from a row of this thread's to its next one
  int rows_;             // of the matrix, from the first one to its end or the tile's
};

// Reads the fragments of a warp's part of a tile, 32 bytes of k at a time.
//
// Rows 16 apart, and blocks of 32 bytes, differ from a lane's first address by a constant alone:
// the swizzle repeats every eight rows, and moves a block by an exclusive or.
template <class Layout>
class FragmentReader {
 public:
  // For the `a` fragments of rows `row` ...: the lanes' addresses are in the order of
  // load_matrices.
  static __device__ __forceinline__ FragmentReader of_a(int row) {
    const int lane = threadIdx.x % kWarpSize;
    return FragmentReader(Layout::offset(row + lane % 16, lane / 16));
  }

  // For the `b` fragments of columns `row` ... (rows of the matrix, K is last).
  static __device__ __forceinline__ FragmentReader of_b(int row) {
    const int lane = threadIdx.x % kWarpSize;
    return FragmentReader(Layout::offset(row + lane % 8 + lane / 16 * 8, lane / 8 % 2));
  }

  // Block `block` of rows 16 * index ... 16 * index + 15: one `a` fragment, or two of `b`, that of
  // the first eight columns in fragment[0, 1].
  __device__ __forceinline__ void load(uint32_t (&fragment)[4], uint32_t tile, int index,
                                       int block) const {
    ptx::load_matrices(
        fragment, tile + (offset_ ^ (block * kBlockBytes)) + index * 16 * Layout::kBytesPerRow);
  }

 private:
  __device__ explicit FragmentReader(uint32_t offset) : offset_(offset) {}

  uint32_t offset_;
};

// Starts the copies of the first kStages - 1 steps of a pipeline. `load(stage)` starts those of the
// next step, also beyond the last one, where it has nothing to copy: so no branch stands between
// the products.
template <int kStages, class Load>
__device__ __forceinline__ void start_pipeline(const Load& load) {
#pragma unroll
  for (int stage = 0; stage < kStages - 1; ++stage) {
    load(stage);
    ptx::commit_copies();
  }
}

// Runs `multiply(stage, load_ahead)` for each of `steps` steps of a started pipeline. `multiply`
// calls `load_ahead` once, where the instructions of the next copies are best mixed with others.
// `barrier()` joins the threads that share the stages.
template <int kStages, class Load, class Multiply, class Barrier>
__device__ __forceinline__ void run_pipeline(int steps, const Load& load, const Multiply& multiply,
                                             const Barrier& barrier) {
  int stage = 0;
  int free_stage = kStages - 1;
  for (int step = 0; step < steps; ++step) {
    ptx::wait_for_copies<kStages - 2>();
    barrier();
    multiply(stage, [&] {
      load(free_stage);
      ptx::commit_copies();
    });
    stage = stage + 1 < kStages ? stage + 1 : 0;
    free_stage = free_stage + 1 < kStages ? free_stage + 1 : 0;
  }
  ptx::wait_for_copies<0>();  // of nothing but zeros, which must not land in what comes next
}

// Runs the `steps` steps of a started pipeline whose stages all threads of the block share, each
// step as kBlocks blocks along k. `tile.fetch(stage, block)` loads a block's fragments into
// registers while the products of the one before it, `tile.multiply(block)`, are under way; so it
// is with the first block of the next stage too, and no product waits for shared memory or for the
// barrier. Once a stage's last block is fetched, the stage belongs to the copies that `load`
// starts.
template <int kStages, int kBlocks, class Load, class Tile>
__device__ __forceinline__ void run_block_pipeline(int steps, const Load& load, Tile& tile) {
  static_assert(kBlocks % 2 == 0, "tiles keep two blocks, each in its own registers");
  ptx::wait_for_copies<kStages - 2>();
  __syncthreads();
  tile.fetch(0, 0);
  int stage = 0;
  int free_stage = kStages - 1;
  for (int step = 0; step < steps; ++step) {
#pragma unroll
    for (int block = 0; block < kBlocks; ++block) {
      if (block + 1 < kBlocks) {
        tile.fetch(stage, block + 1);
      } else {
        stage = stage + 1 < kStages ? stage + 1 : 0;
        ptx::wait_for_copies<kStages - 2>();
        __syncthreads();
        tile.fetch(stage, 0);
      }
      if (block == 0) {
        load(free_stage);
        ptx::commit_copies();
        free_stage = free_stage + 1 < kStages ? free_stage + 1 : 0;
      }
      tile.multiply(block);
    }
  }
  ptx::wait_for_copies<0>();
}

}  // namespace qutlass::cuda
