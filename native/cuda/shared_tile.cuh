// Tiles of row-major matrices in shared memory: how they lie there and how they get there.
#pragma once

#include "cuda/device.h"
#include "cuda/ptx.cuh"

namespace qutlass::cuda {

// What a block may have on every device of compute capability 8.0 and up (the least is 8.6's).
constexpr int kMaxSharedBytes = 101376;

// The memory that a launch asks for, in every kernel under this one name.
__device__ __forceinline__ unsigned char* dynamic_shared_memory() {
  extern __shared__ __align__(128) unsigned char bytes[];
  return bytes;
}

constexpr int kChunkBytes = 16;  // the unit of copies and of ldmatrix rows

// Rows of kRowBytes one after the other, their chunks permuted so that the same chunk of eight
// consecutive rows lies in eight different sets of banks: one ldmatrix reads it without conflicts.
template <int kRowBytes>
struct SwizzledLayout {
  static constexpr int kLineBytes = 128;  // all banks once
  static constexpr int kRowsPerLine = kLineBytes / kRowBytes;
  static constexpr int kChunksPerRow = kRowBytes / kChunkBytes;
  static_assert(kRowsPerLine * kRowBytes == kLineBytes, "rows divide a line");

  static __device__ __forceinline__ uint32_t offset(int row, int chunk) {
    const int swizzle = row / kRowsPerLine % kChunksPerRow;
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
// along k. Whatever lies beyond the matrix, or beyond `end_byte` of its rows, reads as zero.
template <int kRows, int kChunks, int kThreads, class Layout>
class TileLoader {
 public:
  // `thread` is the caller's index among the kThreads that share the work.
  __device__ TileLoader(const GlobalMatrix& matrix, int64_t first_row, int64_t first_byte,
                        int64_t end_byte, int thread)
      : row_(thread / kChunks), chunk_(thread % kChunks) {
    const int64_t begin = first_byte + chunk_ * kChunkBytes;
    source_ = static_cast<const char*>(matrix.data) + (first_row + row_) * matrix.row_bytes + begin;
    pass_stride_ = kRowsPerPass * matrix.row_bytes;
    rows_left_ = static_cast<int>(min(matrix.rows - first_row, int64_t{kRows})) - row_;
    words_left_ = static_cast<int>((min(matrix.row_bytes, end_byte) - begin) / 4);
  }

  // kAligned says that the matrix's rows_are_aligned(); else it is copied word by word.
  template <bool kAligned>
  __device__ __forceinline__ void load_next(uint32_t shared) {
#pragma unroll
    for (int pass = 0; pass < kPasses; ++pass) {
      if (kRows % kRowsPerPass != 0 && pass * kRowsPerPass + row_ >= kRows) continue;
      const uint32_t target = shared + Layout::offset(row_ + pass * kRowsPerPass, chunk_);
      const char* source = source_ + pass * pass_stride_;
      const bool has_row = pass * kRowsPerPass < rows_left_;
      if constexpr (kAligned) {
        ptx::copy_async_16(target, source, has_row && words_left_ > 0);
      } else {
#pragma unroll
        for (int word = 0; word < kChunkBytes / 4; ++word) {
          ptx::copy_async_4(target + 4 * word, source + 4 * word, has_row && words_left_ > word);
        }
      }
    }
    source_ += kChunks * kChunkBytes;
    words_left_ -= kChunks * kChunkBytes / 4;
  }

 private:
  static_assert(kThreads % kChunks == 0, "a thread keeps its chunk in every pass");
  static constexpr int kRowsPerPass = kThreads / kChunks;
  static constexpr int kPasses = static_cast<int>(ceil_div(kRows, kRowsPerPass));

  const char* source_;   // this thread's chunk of the next piece, in its first row
  int64_t pass_stride_;  // bytes from a row of this thread's to its next one
  int words_left_;       // from source_ to the end
  int row_;
  int chunk_;
  int rows_left_;  // from this thread's first row to the end of the matrix or tile
};

// The `a` fragment of one mma: 16 rows, 32 bytes wide, from (row, chunk) on; `chunk` is even.
template <class Layout>
__device__ __forceinline__ void load_a_fragment(uint32_t (&fragment)[4], uint32_t shared, int row,
                                                int chunk) {
  const int lane = threadIdx.x % kWarpSize;
  ptx::load_matrices(fragment, shared + Layout::offset(row + lane % 16, chunk ^ (lane / 16)));
}

// The `b` fragments of columns (rows of the matrix, K is last) row ... row + 7 in fragment[0, 1]
// and row + 8 ... row + 15 in fragment[2, 3].
template <class Layout>
__device__ __forceinline__ void load_b_fragments(uint32_t (&fragment)[4], uint32_t shared, int row,
                                                 int chunk) {
  const int lane = threadIdx.x % kWarpSize;
  ptx::load_matrices(
      fragment, shared + Layout::offset(row + lane % 8 + lane / 16 * 8, chunk ^ (lane / 8 % 2)));
}

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

}  // namespace qutlass::cuda
