// linear_int8 for one row of x in a single kernel: each block quantizes the row for itself, while
// its first pieces of the weights are on their way, and streams its rows of them past it.
#pragma once

#include "cuda/matmul_int8_stream.cuh"
#include "cuda/quantize_row.cuh"

namespace qutlass::cuda {

// The quantized row behind the rings in shared memory, up to a whole piece.
class Int8SharedRow {
 public:
  static QUTLASS_HOST_DEVICE int64_t words(int64_t k) {
    return round_up(int8_words(k), kPieceWords);
  }
  // One piece more than the row: the last is followed by a load of the next.
  static int64_t bytes(int64_t k) { return 4 * words(k) + kPieceBytes; }

  __device__ Int8SharedRow()
      : row_(reinterpret_cast<int32_t*>(dynamic_shared_memory() +
                                        blockDim.x / kWarpSize * kRingBytes)) {}

  __device__ __forceinline__ Quantizer fill(const float* x, int64_t k, bool symmetric) {
    const int64_t used = int8_words(k);
    if (used + threadIdx.x < words(k)) row_[used + threadIdx.x] = 0;
    const Quantizer quantizer = quantize_row({x, k}, symmetric, row_);
    __syncthreads();
    return quantizer;
  }

  __device__ __forceinline__ void start(int piece) {
    next_ = ptx::shared_address(row_) + piece * kPieceBytes + threadIdx.x % 4 * kPieceBytes / 4;
  }

  __device__ __forceinline__ void load_next(uint4 (&a)[1][2]) {
    const bool is_row = threadIdx.x % kWarpSize < 4;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      a[0][half] = is_row ? ptx::load_shared_16(next_ + kChunkBytes * half) : uint4{0, 0, 0, 0};
    }
    next_ += kPieceBytes;
  }

 private:
  int32_t* row_;
  uint32_t next_;
};

// y[0, n]; a block computes 16 columns n. `product` has all that is known before the quantization.
template <bool kHasZero, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize) void stream_linear_int8_kernel(
    LinearInt8Args args, MatmulInt8Args product, int pieces_per_warp) {
  const int64_t first_n = int64_t{blockIdx.x} * kStreamedRows;
  Int8SharedRow shared_row;
  Int8StreamConsumer<1, kHasZero, Int8SharedRow> consumer(shared_row);
  Int8Row row;
  stream_rows<kAligned>(
      {product.b, product.n, product.words * 4}, first_n, pieces_per_warp, consumer, [&] {
        const Quantizer quantizer = shared_row.fill(args.x, args.k, args.symmetric);
        row.scale = quantizer.scale;
        row.zero = quantizer.zero;
      });
  if constexpr (kHasZero) consumer.subtract_zeros([&](int64_t) { return row; });

  reduce_warps(consumer.sums, [&](int n, int m, int, int32_t sum) {
    if (m == 0 && first_n + n < args.n) store_result(product, row, 0, first_n + n, sum);
  });
}

}  // namespace qutlass::cuda
