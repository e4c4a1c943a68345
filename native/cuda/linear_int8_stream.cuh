// linear_int8 for one row of x in a single kernel: each block quantizes the row for itself, while
// its first pieces of the weights are on their way, and streams its rows of them past it.
#pragma once

#include "cuda/matmul_int8_stream.cuh"
#include "cuda/quantize_row.cuh"

namespace qutlass::cuda {

// The quantized row in shared memory, up to a whole piece.
class Int8SharedRow {
 public:
  static QUTLASS_HOST_DEVICE int64_t words(int64_t k) {
    return round_up(int8_words(k), Int8Ring::kPieceWords);
  }
  // One piece more than the row: the last is followed by a load of the next.
  static int64_t bytes(int64_t k) { return 4 * words(k) + Int8Ring::kPieceBytes; }

  __device__ Int8SharedRow() : words_(reinterpret_cast<int32_t*>(behind_sums<Int8Ring, 1>())) {}

  __device__ __forceinline__ void fill(const float* x, int64_t k, bool symmetric) {
    const int64_t used = int8_words(k);
    if (used + threadIdx.x < words(k)) words_[used + threadIdx.x] = 0;
    const Quantizer quantizer = quantize_row({x, k}, symmetric, words_);
    row_.scale = quantizer.scale;
    row_.zero = quantizer.zero;
    __syncthreads();
  }

  __device__ __forceinline__ Int8Row row(int64_t) const { return row_; }

  __device__ __forceinline__ void start(int piece) {
    constexpr int kPieceBytes = Int8Ring::kPieceBytes;
    next_ = ptx::shared_address(words_) + piece * kPieceBytes + threadIdx.x % 4 * kPieceBytes / 4;
  }

  __device__ __forceinline__ void load_next(uint4 (&a)[1][2]) {
    const bool is_row = threadIdx.x % kWarpSize < 4;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      a[0][half] = is_row ? ptx::load_shared_16(next_ + kChunkBytes * half) : uint4{0, 0, 0, 0};
    }
    next_ += Int8Ring::kPieceBytes;
  }

 private:
  int32_t* words_;
  Int8Row row_;
  uint32_t next_;
};

// y[0, n]. `product` has all that is known before the quantization.
template <bool kHasZero, bool kAligned>
__global__ __launch_bounds__(
    kStreamMaxWarps* kWarpSize,
    kStreamResidentBlocks) void stream_linear_int8_kernel(LinearInt8Args args,
                                                          MatmulInt8Args product, StreamPlan plan) {
  Int8StreamConsumer<1, kHasZero, Int8SharedRow> consumer{Int8SharedRow()};
  stream_rows<kAligned, Int8Ring>(
      {product.b, product.n, product.words * 4}, plan.tiles, plan.pieces_per_warp, consumer,
      [&] { consumer.rows.fill(args.x, args.k, args.symmetric); },
      [&](int64_t tile, int row, int m, int, int32_t sum) {
        const int64_t n = tile * kStreamedRows + row;
        if (m == 0 && n < product.n) store_result(product, consumer.rows.row(0), 0, n, sum);
      });
}

}  // namespace qutlass::cuda
