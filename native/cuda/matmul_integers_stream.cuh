// The integer products for few rows of a: stream b, see streamed_rows.cuh.
#pragma once

#include "cuda/integer_elements.cuh"
#include "cuda/integer_epilogue.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

// A lane takes so many chunks of each row of a piece, and multiplies kStreamRowTiles rows of b with
// each of a.
template <class Elements>
constexpr int kLaneChunks = 2 / Elements::kStreamRowTiles;
template <class Elements>
using IntegerRing =
    PieceRing<16 * Elements::kStreamRowTiles, 4 * kChunkBytes * kLaneChunks<Elements>, 4>;

template <class Elements, int kFragments>
constexpr int integer_stream_bytes(int warps, int extra = 0) {
  return stream_shared_bytes<IntegerRing<Elements>, Elements::kStreamRowTiles * kFragments>(warps,
                                                                                            extra);
}
static_assert(integer_stream_bytes<Int8Elements<true>, 2>(kStreamMaxWarps) <= kMaxSharedBytes &&
                  integer_stream_bytes<Int4Elements, 2>(kStreamMaxWarps) <= kMaxSharedBytes,
              "a block must fit the smallest device");

// Words along k that lie in the last piece beyond rows of so many.
template <class Ring>
QUTLASS_HOST_DEVICE constexpr int absent_words(int64_t words) {
  return static_cast<int>(round_up(words, Ring::kPieceWords) - words);
}

// This lane's part of rows g + 8i of a, piece after piece, from global memory: the t-th quarter of
// a piece. Rows and words beyond a read as zero. kAligned says that rows start at multiples of 16
// bytes.
template <class Elements, int kFragments, bool kAligned>
class GlobalRows {
  using Ring = IntegerRing<Elements>;
  static constexpr int kChunks = kLaneChunks<Elements>;

 public:
  __device__ explicit GlobalRows(const MatmulInt8Args& args) : args_(args) {}

  // Scale and zero point of row m; any for rows beyond a.
  __device__ __forceinline__ IntegerRow row(int64_t m) const {
    return IntegerRow(args_, min(m, args_.m - 1));
  }

  __device__ __forceinline__ void start(int piece) {
    const int64_t word = int64_t{piece} * Ring::kPieceWords + 4 * kChunks * (threadIdx.x % 4);
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      const int64_t m = threadIdx.x % kWarpSize / 4 + 8 * i;
      source_[i] = args_.a + m * args_.words + word;
      words_left_[i] = m < args_.m ? static_cast<int>(args_.words - word) : 0;
    }
  }

  __device__ __forceinline__ void load_next(uint4 (&a)[kFragments][kChunks]) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int chunk = 0; chunk < kChunks; ++chunk) {
        a[i][chunk] = load_chunk(source_[i] + 4 * chunk, words_left_[i] - 4 * chunk);
      }
      source_[i] += Ring::kPieceWords;
      words_left_[i] -= Ring::kPieceWords;
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

// One warp's share of y^T [16 * kStreamRowTiles, 8 * kFragments]: multiplies its pieces of b with
// the rows of a.
//
// Lane (g, t) multiplies the t-th quarter of rows g + 8i of a piece with the same bytes of row g of
// a; those it asks for one piece ahead.
template <class Elements, int kFragments, class Rows>
class IntegerStreamConsumer {
  static constexpr int kRowTiles = Elements::kStreamRowTiles;
  static constexpr bool kHasZero = Elements::kHasZero;

 public:
  Rows rows;
  int32_t sums[kRowTiles * kFragments][4];

  __device__ explicit IntegerStreamConsumer(const Rows& rows)
      : rows(rows), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {}

  __device__ __forceinline__ void start(int64_t, int piece) {
#pragma unroll
    for (int r = 0; r < 4; ++r) {
#pragma unroll
      for (auto& of_fragment : sums) of_fragment[r] = 0;
#pragma unroll
      for (auto& of_tile : b_sums_) of_tile[r] = 0;
    }
    rows.start(piece);
    rows.load_next(next_a_);
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
    uint4 a[kFragments][kChunks];
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int chunk = 0; chunk < kChunks; ++chunk) a[i][chunk] = next_a_[i][chunk];
    }
    rows.load_next(next_a_);
#pragma unroll
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      const uint32_t chunks = piece + Ring::Layout::offset(g_, kChunks * t_ + chunk);
#pragma unroll
      for (int tile = 0; tile < kRowTiles; ++tile) {
        const uint4 low = ptx::load_shared_16(chunks + (2 * tile) * 8 * Ring::kPieceBytes);
        const uint4 high = ptx::load_shared_16(chunks + (2 * tile + 1) * 8 * Ring::kPieceBytes);
#pragma unroll
        for (int i = 0; i < kFragments; ++i) {
          multiply_chunk(sums[tile * kFragments + i], low, high, a[i][chunk]);
        }
        if constexpr (kHasZero) {
          constexpr uint32_t kOnes = 0x01010101u;
          multiply_chunk(b_sums_[tile], low, high, uint4{kOnes, kOnes, kOnes, kOnes});
        }
      }
    }
  }

  // sum (a - zero) b = sum a b - zero sum b, for this warp's part of k.
  __device__ __forceinline__ void finish() {
    if constexpr (kHasZero) {
#pragma unroll
      for (int i = 0; i < kRowTiles * kFragments; ++i) {
#pragma unroll
        for (int r = 0; r < 4; ++r) {
          const IntegerRow row = rows.row(8 * (i % kFragments) + 2 * t_ + r % 2);
          sums[i][r] = row.centered(sums[i][r], b_sums_[i / kFragments][r]);
        }
      }
    }
  }

 private:
  using Ring = IntegerRing<Elements>;
  static constexpr int kChunks = kLaneChunks<Elements>;

  // Two mma of each part, whose k is permuted alike on both sides.
  static __device__ __forceinline__ void multiply_chunk(int32_t (&sums)[4], const uint4& low_rows,
                                                        const uint4& high_rows,
                                                        const uint4& columns) {
#pragma unroll
    for (int part = 0; part < Elements::kParts; ++part) {
      const auto of = [part](uint32_t word) { return Elements::operand(word, part); };
      Elements::multiply(sums, {of(low_rows.x), of(high_rows.x), of(low_rows.y), of(high_rows.y)},
                         of(columns.x), of(columns.y));
      Elements::multiply(sums, {of(low_rows.z), of(high_rows.z), of(low_rows.w), of(high_rows.w)},
                         of(columns.z), of(columns.w));
    }
  }

  int g_;
  int t_;
  uint4 next_a_[kFragments][kChunks];
  int32_t b_sums_[kHasZero ? kRowTiles : 1][4];  // sum b of each row, in every column
};

// Streams b past `consumer` and stores y[m, n], after `prepare()`.
template <class Elements, int kFragments, bool kAligned, class Consumer, class Prepare>
__device__ __forceinline__ void stream_integers(const MatmulInt8Args& args, const StreamPlan& plan,
                                                Consumer& consumer, const Prepare& prepare) {
  using Ring = IntegerRing<Elements>;
  const int absent = absent_words<Ring>(args.words);
  stream_rows<kAligned, Ring>(
      {args.b, args.n, args.words * 4}, plan.tiles, plan.pieces_per_warp, consumer, prepare,
      [&](int64_t tile, int row, int column, int fragment, int32_t sum) {
        const int64_t n = tile * Ring::kRows + fragment / kFragments * 16 + row;
        const int64_t m = fragment % kFragments * 8 + column;
        if (n >= args.n || m >= args.m) return;
        store_result(args, consumer.rows.row(m), m, n, Elements::sum_of(sum, absent));
      });
}

// y[m, n] for m <= 8 * kFragments. kAligned says that the rows of both matrices start at multiples
// of 16 bytes.
template <class Elements, int kFragments, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             kStreamResidentBlocks) void stream_integers_kernel(MatmulInt8Args args,
                                                                                StreamPlan plan) {
  using Rows = GlobalRows<Elements, kFragments, kAligned>;
  const Rows rows(args);
  IntegerStreamConsumer<Elements, kFragments, Rows> consumer(rows);
  stream_integers<Elements, kFragments, kAligned>(args, plan, consumer, [] {});
}

}  // namespace qutlass::cuda
