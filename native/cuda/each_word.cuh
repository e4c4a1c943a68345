// One thread a word of a [rows, words] matrix: the frame of every elementwise op on packed data.
#pragma once

#include <algorithm>

#include "cuda/device.h"
#include "cuda/launch.h"

namespace qutlass::cuda {

// `per_word(row, word)` is called once for each word of each row.
template <class PerWord>
__global__ void each_word_kernel(PerWord per_word, int64_t rows, int64_t words) {
  const int64_t row = int64_t{blockIdx.x} * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const int64_t stride = int64_t{gridDim.y} * blockDim.x;
  for (int64_t word = int64_t{blockIdx.y} * blockDim.x + threadIdx.x; word < words;
       word += stride) {
    per_word(row, word);
  }
}

// A block is as many threads wide as a row has words, up to 256; short rows share a block.
template <class PerWord>
cudaError_t launch_each_word(const PerWord& per_word, int64_t rows, int64_t words, Stream stream) {
  if (rows == 0 || words == 0) return cudaSuccess;
  constexpr int kThreads = 256;
  constexpr int64_t kMaxGridY = 65535;
  int width = 1;
  while (width < kThreads && width < words) width *= 2;
  const dim3 block(width, kThreads / width);
  const dim3 grid(static_cast<unsigned>(ceil_div(rows, block.y)),
                  static_cast<unsigned>(std::min(ceil_div(words, width), kMaxGridY)));
  each_word_kernel<<<grid, block, 0, stream>>>(per_word, rows, words);
  return cudaGetLastError();
}

}  // namespace qutlass::cuda
