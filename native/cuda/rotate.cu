// rotate: a thread computes four neighbours of a few blocks, for which it reads the matrix once;
// where blocks are few or no multiple of four, one value.
#include "cuda/launch.h"
#include "cuda/rotate_row.cuh"

namespace qutlass::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kBlocksPerThread = 4;

// At least kBlocksPerThread blocks. The last of them may be computed twice, to the same bits.
__global__ __launch_bounds__(kThreads) void rotate_fours_kernel(const float* x, float* y,
                                                                int64_t blocks,
                                                                MatrixRotation rotation) {
  const uint32_t fours = rotation.size / 4;
  const int64_t thread = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  const int64_t block = thread / fours * kBlocksPerThread;
  if (block >= blocks) return;
  const int64_t first = min(block, blocks - kBlocksPerThread) * rotation.size;
  const auto column = static_cast<uint32_t>(thread % fours) * 4;
  float sums[kBlocksPerThread][4];
  rotation.fours<kBlocksPerThread, 1>(sums, x + first, rotation.size, column);
#pragma unroll
  for (int b = 0; b < kBlocksPerThread; ++b) {
    *reinterpret_cast<uint4*>(y + first + b * int64_t{rotation.size} + column) = as_vector(sums[b]);
  }
}

__global__ __launch_bounds__(kThreads) void rotate_kernel(const float* x, float* y, int64_t size,
                                                          MatrixRotation rotation) {
  const int64_t at = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (at >= size) return;
  const auto column = static_cast<uint32_t>(at % rotation.size);
  y[at] = rotation.one(x + at - column, column);
}

}  // namespace

const char* rotate(const RotateArgs& args, Stream stream) {
  const int64_t size = args.rows * args.k;
  if (size == 0) return nullptr;
  const MatrixRotation rotation(args.matrix, args.block_size);
  const int64_t blocks = size / args.block_size;
  if (rotation.has_fours && is_aligned(args.y, 16) && blocks >= kBlocksPerThread) {
    const int64_t threads = ceil_div(blocks, kBlocksPerThread) * (args.block_size / 4);
    rotate_fours_kernel<<<static_cast<unsigned>(ceil_div(threads, kThreads)), kThreads, 0,
                          stream>>>(args.x, args.y, blocks, rotation);
  } else {
    rotate_kernel<<<static_cast<unsigned>(ceil_div(size, kThreads)), kThreads, 0, stream>>>(
        args.x, args.y, size, rotation);
  }
  return failure("rotate", cudaGetLastError());
}

}  // namespace qutlass::cuda
