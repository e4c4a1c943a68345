// The frame of the ops that read or write the packed words of many rows as one long array: pieces
// of 16 bytes of the unpacked side, a few to a thread, so that a thread has several loads under
// way.
#pragma once

#include <algorithm>
#include <cstdint>

#include "cuda/device.h"
#include "cuda/launch.h"

namespace qutlass::cuda {

constexpr int kPieceThreads = 256;

// An op has `Loaded load(piece)`, which starts to read, and `store(piece, loaded)`; a thread does
// both for up to Op::kPiecesPerThread pieces. `pieces` are those of the whole grid.
template <class Op>
__global__ __launch_bounds__(kPieceThreads) void each_piece_kernel(Op op, uint32_t pieces,
                                                                   int pieces_per_thread) {
  const uint32_t first = blockIdx.x * kPieceThreads * pieces_per_thread + threadIdx.x;
  const auto has = [&](int i) {
    return i < pieces_per_thread && first + i * kPieceThreads < pieces;
  };
  typename Op::Loaded loaded[Op::kPiecesPerThread];
#pragma unroll
  for (int i = 0; i < Op::kPiecesPerThread; ++i) {
    if (has(i)) loaded[i] = op.load(first + i * kPieceThreads);
  }
#pragma unroll
  for (int i = 0; i < Op::kPiecesPerThread; ++i) {
    if (has(i)) op.store(first + i * kPieceThreads, loaded[i]);
  }
}

// A thread takes one piece until the device is full.
template <class Op>
cudaError_t launch_each_piece(const Op& op, int64_t pieces, Stream stream) {
  if (pieces == 0) return cudaSuccess;
  constexpr int kThreadsPerMultiprocessor = 2048;
  const int64_t threads = int64_t{multiprocessor_count()} * kThreadsPerMultiprocessor;
  const int64_t per_thread = std::clamp<int64_t>(pieces / threads, 1, Op::kPiecesPerThread);
  const auto blocks = static_cast<unsigned>(ceil_div(pieces, per_thread * kPieceThreads));
  each_piece_kernel<<<blocks, kPieceThreads, 0, stream>>>(op, static_cast<uint32_t>(pieces),
                                                          static_cast<int>(per_thread));
  return cudaGetLastError();
}

// launch(first_row, row_count) for slabs of rows of `k` values, so few that int32 counts the values
// of each.
template <class Launch>
cudaError_t for_each_slab(int64_t rows, int64_t k, const Launch& launch) {
  constexpr int64_t kMostValues = INT32_MAX;
  const int64_t slab = std::max<int64_t>(kMostValues / std::max<int64_t>(k, 1), 1);
  for (int64_t first = 0; first < rows; first += slab) {
    if (const cudaError_t error = launch(first, std::min(slab, rows - first))) return error;
  }
  return cudaSuccess;
}

}  // namespace qutlass::cuda
