// The int8 product for few rows of a: streams b, see streamed_rows.cuh.
#pragma once

#include "cuda/int8_epilogue.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

using Int8Ring = PieceRing<kStreamedRows, 128, 4>;
static_assert(stream_shared_bytes<Int8Ring, 2>(kStreamMaxWarps) <= kMaxSharedBytes,
              "a block must fit the smallest device");
constexpr int kLaneWords = Int8Ring::kPieceWords / 4;

// This lane's part of rows g + 8i of a, piece after piece, from global memory: bytes 32t ... of a
// piece. Rows and words beyond a read as zero. kAligned says that rows start at multiples of 16
// bytes.
template <int kFragments, bool kAligned>
class Int8GlobalRows {
 public:
  __device__ explicit Int8GlobalRows(const MatmulInt8Args& args) : args_(args) {}

  // Scale and zero point of row m; any for rows beyond a.
  __device__ __forceinline__ Int8Row row(int64_t m) const {
    return Int8Row(args_, min(m, args_.m - 1));
  }

  __device__ __forceinline__ void start(int piece) {
    const int64_t word = int64_t{piece} * Int8Ring::kPieceWords + kLaneWords * (threadIdx.x % 4);
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      const int64_t m = threadIdx.x % kWarpSize / 4 + 8 * i;
      source_[i] = args_.a + m * args_.words + word;
      words_left_[i] = m < args_.m ? static_cast<int>(args_.words - word) : 0;
    }
  }

  __device__ __forceinline__ void load_next(uint4 (&a)[kFragments][2]) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int half = 0; half < 2; ++half) {
        a[i][half] = load_chunk(source_[i] + 4 * half, words_left_[i] - 4 * half);
      }
      source_[i] += Int8Ring::kPieceWords;
      words_left_[i] -= Int8Ring::kPieceWords;
    }
  }

 private:
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
  const int32_t* source_[kFragments];  // the lane's words of the next piece
  int words_left_[kFragments];         // from there to the end of the row
};

// One warp's share of y^T [16, 8 * kFragments]: multiplies its pieces of b with the rows of a.
//
// Lane (g, t) multiplies chunks 2t and 2t + 1 of rows g and g + 8 of a piece with the same 32 bytes
// of row g of a; those it asks for one piece ahead.
template <int kFragments, bool kHasZero, class Rows>
class Int8StreamConsumer {
 public:
  Rows rows;
  int32_t sums[kFragments][4];

  __device__ explicit Int8StreamConsumer(const Rows& rows)
      : rows(rows), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {}

  __device__ __forceinline__ void start(int64_t, int piece) {
#pragma unroll
    for (int r = 0; r < 4; ++r) {
#pragma unroll
      for (int i = 0; i < kFragments; ++i) sums[i][r] = 0;
      b_sums_[r] = 0;
    }
    rows.start(piece);
    rows.load_next(next_a_);
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
    uint4 a[kFragments][2];
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      a[i][0] = next_a_[i][0];
      a[i][1] = next_a_[i][1];
    }
    rows.load_next(next_a_);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int chunk = 2 * t_ + half;
      const uint4 low = ptx::load_shared_16(piece + Int8Ring::Layout::offset(g_, chunk));
      const uint4 high = ptx::load_shared_16(piece + Int8Ring::Layout::offset(g_ + 8, chunk));
#pragma unroll
      for (int i = 0; i < kFragments; ++i) multiply_chunk(sums[i], low, high, a[i][half]);
      if constexpr (kHasZero) {
        constexpr uint32_t kOnes = 0x01010101u;
        multiply_chunk(b_sums_, low, high, uint4{kOnes, kOnes, kOnes, kOnes});
      }
    }
  }

  // sum (a - zero) b = sum a b - zero sum b, for this warp's part of k.
  __device__ __forceinline__ void finish() {
    if constexpr (kHasZero) {
#pragma unroll
      for (int i = 0; i < kFragments; ++i) {
#pragma unroll
        for (int r = 0; r < 4; ++r) {
          sums[i][r] = rows.row(8 * i + 2 * t_ + r % 2).centered(sums[i][r], b_sums_[r]);
        }
      }
    }
  }

 private:
  // Two mma whose k is permuted alike on both sides.
  static __device__ __forceinline__ void multiply_chunk(int32_t (&sums)[4], const uint4& low_rows,
                                                        const uint4& high_rows,
                                                        const uint4& columns) {
    ptx::mma_int8(sums, {low_rows.x, high_rows.x, low_rows.y, high_rows.y}, columns.x, columns.y);
    ptx::mma_int8(sums, {low_rows.z, high_rows.z, low_rows.w, high_rows.w}, columns.z, columns.w);
  }

  int g_;
  int t_;
  uint4 next_a_[kFragments][2];
  int32_t b_sums_[4];  // sum b of each row, in every column
};

// y[m, n] for m <= 8 * kFragments. kAligned says that the rows of both matrices start at multiples
// of 16 bytes.
template <int kFragments, bool kHasZero, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             kStreamResidentBlocks) void stream_int8_kernel(MatmulInt8Args args,
                                                                            StreamPlan plan) {
  using Rows = Int8GlobalRows<kFragments, kAligned>;
  const Rows rows(args);
  Int8StreamConsumer<kFragments, kHasZero, Rows> consumer(rows);
  stream_rows<kAligned, Int8Ring>(
      {args.b, args.n, args.words * 4}, plan.tiles, plan.pieces_per_warp, consumer, [] {},
      [&](int64_t tile, int row, int column, int fragment, int32_t sum) {
        const int64_t n = tile * kStreamedRows + row;
        const int64_t m = 8 * fragment + column;
        if (n < args.n && m < args.m) store_result(args, rows.row(m), m, n, sum);
      });
}

}  // namespace qutlass::cuda
