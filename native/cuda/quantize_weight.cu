// quantize_weight_int8, quantize_weight_int4: a Dense layer's kernel [k, n] to packed rows [n, k].
//
// A block takes 32 columns of one group (int8: of the whole k), in two passes: the range of each
// column, then its integers, which turn from columns to rows in shared memory. Threads run along n
// where they read and along k where they write, so that both are consecutive addresses.
#include <algorithm>

#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/value_range.cuh"

namespace qutlass::cuda {

namespace {

constexpr int kColumns = 32;    // blockDim.x
constexpr int kTileWords = 16;  // blockDim.y, and the words of a column that turn at once

// The part of the kernel that a block quantizes.
struct ColumnSlice {
  const float* kernel;  // [k, n]
  int64_t n;
  int64_t first_k;
  int64_t end_k;

  __device__ int64_t column() const { return int64_t{blockIdx.x} * kColumns + threadIdx.x; }
  __device__ float at(int64_t k) const { return __ldg(kernel + k * n + column()); }
};

// The range of this thread's column, the same in all threads of a column.
__device__ ValueRange column_range(const ColumnSlice& slice) {
  ValueRange range;
  if (slice.column() < slice.n) {
    for (int64_t k = slice.first_k + threadIdx.y; k < slice.end_k; k += kTileWords) {
      range.include(slice.at(k));
    }
  }
  __shared__ ValueRange parts[kTileWords][kColumns];
  parts[threadIdx.y][threadIdx.x] = range;
  __syncthreads();
  for (const ValueRange(&part)[kColumns] : parts) range.include(part[threadIdx.x]);
  return range;
}

// Writes the slice's words; `word_at(k)` is the word of this thread's column that starts at k.
template <int kPerWord, class WordAt>
__device__ void write_rows(int32_t* rows, int64_t row_words, const ColumnSlice& slice,
                           const WordAt& word_at) {
  __shared__ uint32_t tile[kColumns][kTileWords + 1];
  const int thread = threadIdx.y * kColumns + threadIdx.x;
  const int out_word = thread % kTileWords;
  const int out_column = thread / kTileWords;
  const int64_t out_row = int64_t{blockIdx.x} * kColumns + out_column;
  const int64_t first_word = slice.first_k / kPerWord;
  const int64_t end_word = ceil_div(slice.end_k, kPerWord);

  for (int64_t word = first_word; word < end_word; word += kTileWords) {
    const int64_t k = (word + threadIdx.y) * kPerWord;
    if (slice.column() < slice.n && k < slice.end_k) tile[threadIdx.x][threadIdx.y] = word_at(k);
    __syncthreads();
    if (out_row < slice.n && word + out_word < end_word) {
      rows[out_row * row_words + word + out_word] =
          static_cast<int32_t>(tile[out_column][out_word]);
    }
    __syncthreads();
  }
}

__global__ void quantize_weight_int8_kernel(QuantizeWeightInt8Args args) {
  const ColumnSlice slice{args.kernel, args.n, 0, args.k};
  const Quantizer quantizer = symmetric_quantizer(column_range(slice).amax(), 127.0f, 0);
  if (threadIdx.y == 0 && slice.column() < args.n) args.scale[slice.column()] = quantizer.scale;
  write_rows<kInt8PerWord>(args.values, int8_words(args.k), slice, [&](int64_t k) {
    uint32_t word = 0;
#pragma unroll
    for (int i = 0; i < kInt8PerWord; ++i) {
      if (k + i < args.k) word |= int8_in_word(quantize(slice.at(k + i), quantizer, -127, 127), i);
    }
    return word;
  });
}

__global__ void quantize_weight_int4_kernel(QuantizeWeightInt4Args args) {
  const int64_t groups = group_count(args.k, args.group_size);
  for (int64_t group = blockIdx.y; group < groups; group += gridDim.y) {
    const int64_t first_k = group * args.group_size;
    const ColumnSlice slice{args.kernel, args.n, first_k, min(first_k + args.group_size, args.k)};
    const ValueRange range = column_range(slice);
    const Quantizer quantizer =
        args.symmetric ? symmetric_quantizer(range.amax(), 7.0f, 8)
                       : asymmetric_quantizer(range.least, range.greatest, 15.0f, 0.0f);
    if (threadIdx.y == 0 && slice.column() < args.n) {
      args.scales[slice.column() * groups + group] = quantizer.scale;
      args.zeros[slice.column() * groups + group] = quantizer.zero;
    }
    const int32_t lowest = args.symmetric ? 1 : 0;
    write_rows<kInt4PerWord>(args.values, int4_words(args.k), slice, [&](int64_t k) {
      uint32_t word = 0;
#pragma unroll
      for (int i = 0; i < kInt4PerWord; ++i) {
        const int32_t integer =
            k + i < args.k ? quantize(slice.at(k + i), quantizer, lowest, 15) : quantizer.zero;
        word |= int4_in_word(integer, i);
      }
      return word;
    });
  }
}

const dim3 kBlock(kColumns, kTileWords);

unsigned column_blocks(int64_t n) { return static_cast<unsigned>(ceil_div(n, kColumns)); }

}  // namespace

const char* quantize_weight_int8(const QuantizeWeightInt8Args& args, Stream stream) {
  if (args.n == 0) return nullptr;
  quantize_weight_int8_kernel<<<column_blocks(args.n), kBlock, 0, stream>>>(args);
  return failure("quantize_weight_int8", cudaGetLastError());
}

const char* quantize_weight_int4(const QuantizeWeightInt4Args& args, Stream stream) {
  if (args.n == 0) return nullptr;
  constexpr int64_t kMaxGridY = 65535;
  const int64_t groups = std::min(group_count(args.k, args.group_size), kMaxGridY);
  const dim3 grid(column_blocks(args.n), static_cast<unsigned>(groups));
  quantize_weight_int4_kernel<<<grid, kBlock, 0, stream>>>(args);
  return failure("quantize_weight_int4", cudaGetLastError());
}

}  // namespace qutlass::cuda
