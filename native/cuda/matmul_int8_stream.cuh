// The int8 product for few rows of a: streams b, see streamed_rows.cuh.
#pragma once

#include "cuda/int8_epilogue.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

// One warp's share of y^T [16, 8 * kFragments]: multiplies its pieces of b with a.
//
// Lane (g, t) multiplies chunks 2t and 2t + 1 of rows g and g + 8 of a piece with the same 32 bytes
// of row g of a; those it asks for one piece ahead.
template <int kFragments, bool kHasZero, bool kAligned>
class Int8StreamConsumer {
 public:
  int32_t sums[kFragments][4] = {};

  __device__ explicit Int8StreamConsumer(const MatmulInt8Args& args)
      : args_(args), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {}

  __device__ __forceinline__ void start(int piece) {
    const int64_t word = int64_t{piece} * kPieceWords + kLaneWords * t_;
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      const int64_t m = g_ + 8 * i;
      a_[i] = args_.a + m * args_.words + word;
      words_left_[i] = m < args_.m ? static_cast<int>(args_.words - word) : 0;
    }
    load_next_a();
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
    uint4 a[kFragments][2];
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      a[i][0] = next_a_[i][0];
      a[i][1] = next_a_[i][1];
    }
    load_next_a();
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int chunk = 2 * t_ + half;
      const uint4 low = ptx::load_shared_16(piece + PieceLayout::offset(g_, chunk));
      const uint4 high = ptx::load_shared_16(piece + PieceLayout::offset(g_ + 8, chunk));
#pragma unroll
      for (int i = 0; i < kFragments; ++i) multiply_chunk(sums[i], low, high, a[i][half]);
      if constexpr (kHasZero) {
        constexpr uint32_t kOnes = 0x01010101u;
        multiply_chunk(b_sums_, low, high, uint4{kOnes, kOnes, kOnes, kOnes});
      }
    }
  }

  // sum (a - zero) b = sum a b - zero sum b, for this warp's part of k.
  __device__ __forceinline__ void subtract_zeros() {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        const int64_t m = 8 * i + 2 * t_ + r % 2;
        if (m < args_.m) sums[i][r] = Int8Row(args_, m).centered(sums[i][r], b_sums_[r]);
      }
    }
  }

 private:
  static constexpr int kLaneWords = kPieceWords / 4;

  // Two mma whose k is permuted alike on both sides.
  static __device__ __forceinline__ void multiply_chunk(int32_t (&sums)[4], const uint4& low_rows,
                                                        const uint4& high_rows,
                                                        const uint4& columns) {
    ptx::mma_int8(sums, {low_rows.x, high_rows.x, low_rows.y, high_rows.y}, columns.x, columns.y);
    ptx::mma_int8(sums, {low_rows.z, high_rows.z, low_rows.w, high_rows.w}, columns.z, columns.w);
  }

  // Rows and words beyond a read as zero.
  __device__ __forceinline__ void load_next_a() {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        next_a_[i][half] = load_chunk(a_[i] + 4 * half, words_left_[i] - 4 * half);
      }
      a_[i] += kPieceWords;
      words_left_[i] -= kPieceWords;
    }
  }

  static __device__ __forceinline__ uint4 load_chunk(const int32_t* a, int words_left) {
    uint4 chunk{0, 0, 0, 0};
    if constexpr (kAligned) {
      if (words_left > 0) chunk = __ldg(reinterpret_cast<const uint4*>(a));
    } else {
      if (words_left > 0) chunk.x = __ldg(a);
      if (words_left > 1) chunk.y = __ldg(a + 1);
      if (words_left > 2) chunk.z = __ldg(a + 2);
      if (words_left > 3) chunk.w = __ldg(a + 3);
    }
    return chunk;
  }

  const MatmulInt8Args& args_;
  int g_;
  int t_;
  const int32_t* a_[kFragments];  // the lane's words of the next piece
  int words_left_[kFragments];    // from there to the end of the row
  uint4 next_a_[kFragments][2];
  int32_t b_sums_[4] = {};  // sum b of each row, in every column
};

// y[m, n] for m <= 8 * kFragments; a block computes 16 columns n. kAligned says that the rows of
// both matrices start at multiples of 16 bytes.
template <int kFragments, bool kHasZero, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize) void stream_int8_kernel(
    MatmulInt8Args args, int pieces_per_warp) {
  const int64_t first_n = int64_t{blockIdx.x} * kStreamedRows;
  Int8StreamConsumer<kFragments, kHasZero, kAligned> consumer(args);
  stream_rows<kAligned>({args.b, args.n, args.words * 4}, first_n, pieces_per_warp, consumer);
  if constexpr (kHasZero) consumer.subtract_zeros();

  reduce_warps(consumer.sums, [&](int row, int column, int fragment, int32_t sum) {
    const int64_t n = first_n + row;
    const int64_t m = 8 * fragment + column;
    if (n < args.n && m < args.m) store_result(args, m, n, sum);
  });
}

}  // namespace qutlass::cuda
