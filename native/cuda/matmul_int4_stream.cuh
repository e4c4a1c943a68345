// The int4 product for few rows of x: streams w, see streamed_rows.cuh.
#pragma once

#include "cuda/int4_epilogue.cuh"
#include "cuda/int4_groups.cuh"
#include "cuda/int4_operands.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

// A piece is taken in steps of one word a lane: 32 elements of k.
constexpr int kPieceK = kPieceWords * kInt4PerWord;
constexpr int kPieceSteps = kPieceK / kBlockK;

// Pieces in shared memory, so that neither a chunk of eight rows nor half a line of two rows meets
// itself in the same banks.
struct Int4PieceLayout {
  static constexpr int kBytesPerRow = kPieceBytes;
  static constexpr int kPeriod = 8;

  static __device__ __forceinline__ uint32_t offset(uint32_t row, uint32_t chunk) {
    const uint32_t swizzle = row % 2 * 4 + row / 2 % 4;
    return row * kPieceBytes + (chunk ^ swizzle) * kChunkBytes;
  }
};

// Which words of a piece a lane takes. With a grain of 128 those of a step need not be neighbours:
// each lane takes 16 bytes of every half of a piece, a word a step. Else the four lanes take the
// words of a block.
template <int kGrain>
struct LaneWords {
  static constexpr bool kIsWide = kGrain == 128;

  // The element of k at which this lane's word of a step begins.
  static __device__ __forceinline__ int first_k(int step) {
    const int t = threadIdx.x % 4;
    return kIsWide ? step / 4 * 128 + t * 32 + step % 4 * kInt4PerWord
                   : step * kBlockK + t * kInt4PerWord;
  }
};

// The rows g + 8i of x from the workspace. Rows beyond x, and elements beyond its end, read as
// zero.
template <int kFragments, int kGrain>
class Int4GlobalX {
 public:
  __device__ Int4GlobalX(const PermutedX& x, int64_t m) : x_(x) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) has_row_[i] = row(i) < m;
  }

  __device__ __forceinline__ void start(int piece) {
    k_ = piece * kPieceK;
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      source_[i] =
          x_.data + (has_row_[i] ? row(i) : 0) * x_.padded_k + k_ + LaneWords<kGrain>::first_k(0);
    }
  }

  __device__ __forceinline__ void next_piece() {
    k_ += kPieceK;
#pragma unroll
    for (int i = 0; i < kFragments; ++i) source_[i] += kPieceK;
  }

  // The lane's word of a step of the piece, or of the piece behind it.
  __device__ __forceinline__ uint4 load(int i, int step) const {
    constexpr int kHalf = kPieceK / 2;
    const int offset = LaneWords<kGrain>::first_k(step) - LaneWords<kGrain>::first_k(0);
    const bool is_there = has_row_[i] && k_ + step * kBlockK / kHalf * kHalf < x_.padded_k;
    return is_there ? __ldg(reinterpret_cast<const uint4*>(source_[i] + offset))
                    : uint4{0, 0, 0, 0};
  }

 private:
  static __device__ __forceinline__ int64_t row(int i) {
    return threadIdx.x % kWarpSize / 4 + 8 * i;
  }

  const PermutedX& x_;
  bool has_row_[kFragments];
  const uint16_t* source_[kFragments];
  int k_;
};

// The only row of x, which the block has turned to bf16 for itself.
template <int kGrain>
class Int4SharedX {
 public:
  // A piece more than the row: the last one's steps are followed by loads of the next.
  static int bytes(int64_t k) { return static_cast<int>(2 * (round_up(k, kPieceK) + kPieceK)); }

  __device__ Int4SharedX() : row_(behind_sums<1>()) {}

  __device__ __forceinline__ void fill(const float* x, int64_t k) {
    const int64_t words = round_up(k, kPieceK) / kInt4PerWord;
    for (int64_t word = threadIdx.x; word < words; word += blockDim.x) {
      reinterpret_cast<uint4*>(row_)[word] = pairs_of_x(x, word * kInt4PerWord, k);
    }
    __syncthreads();
  }

  __device__ __forceinline__ void start(int piece) {
    next_ = ptx::shared_address(row_) + 2 * (piece * kPieceK + LaneWords<kGrain>::first_k(0));
  }

  __device__ __forceinline__ void next_piece() { next_ += 2 * kPieceK; }

  __device__ __forceinline__ uint4 load(int, int step) const {
    const int offset = LaneWords<kGrain>::first_k(step) - LaneWords<kGrain>::first_k(0);
    const bool is_row = threadIdx.x % kWarpSize < 4;
    return is_row ? ptx::load_shared_16(next_ + 2 * offset) : uint4{0, 0, 0, 0};
  }

 private:
  unsigned char* row_;
  uint32_t next_;
};

// The scale and zero point of rows g and g + 8 of w.
struct Int4StreamParameters {
  float scales[2];
  int32_t zeros[2];
};

// One warp's share of y^T [16, 8 * kFragments]: multiplies its pieces of w with x. What else it
// needs it asks for ahead: x by some steps, scales and zero points by a grain.
template <int kFragments, int kGrain, class X>
class Int4StreamConsumer {
 public:
  X x;
  float sums[kFragments][4];

  __device__ Int4StreamConsumer(const MatmulInt4Args& args, const Groups& groups, const X& x)
      : x(x), args_(args), groups_(groups), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {}

  __device__ __forceinline__ void start(int64_t tile, int piece) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int64_t row = min(tile * kStreamedRows + g_ + 8 * half, args_.n - 1);
      row_groups_[half] = static_cast<int>(row * groups_.count());
    }
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (float& sum : sums[i]) sum = 0.0f;
    }
    k_ = piece * kPieceK;
    load_parameters(next_parameters_, k_);
    x.start(piece);
#pragma unroll
    for (int step = 0; step < kAhead; ++step) load_x(step, step);
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
    if constexpr (LaneWords<kGrain>::kIsWide) {
#pragma unroll
      for (int step = 0; step < kPieceSteps; step += 4) consume_wide(piece, step);
    } else {
#pragma unroll kAhead
      for (int step = 0; step < kPieceSteps; ++step) consume_block(piece, step);
    }
    x.next_piece();
    k_ += kPieceK;
  }

  __device__ __forceinline__ void finish() {}

 private:
  static constexpr int kAhead = LaneWords<kGrain>::kIsWide ? 4 : 2;

  using Weights = uint32_t[2][4];  // a word of rows g and g + 8, as bf16

  // Four steps that share their scales.
  __device__ __forceinline__ void consume_wide(uint32_t piece, int first_step) {
    next_grain(k_ + first_step * kBlockK + kGrain);
    const int chunk = first_step + t_;
    const uint4 low = ptx::load_shared_16(piece + Int4PieceLayout::offset(g_, chunk));
    const uint4 high = ptx::load_shared_16(piece + Int4PieceLayout::offset(g_ + 8, chunk));
    const uint32_t words[4][2] = {
        {low.x, high.x}, {low.y, high.y}, {low.z, high.z}, {low.w, high.w}};
    float step_sums[kFragments][4] = {};
#pragma unroll
    for (int step = 0; step < 4; ++step) {
      Weights w;
      convert(w, words[step][0], words[step][1]);
#pragma unroll
      for (int i = 0; i < kFragments; ++i) multiply(step_sums[i], w, x_[i][step]);
      load_x(step, first_step + step + kAhead);
    }
    add_scaled(step_sums, parameters_.scales[0], parameters_.scales[1]);
  }

  // One step: a block of 32 elements.
  __device__ __forceinline__ void consume_block(uint32_t piece, int step) {
    next_grain(k_ + (step + 1) * kBlockK);
    uint32_t words[2];
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      words[half] = ptx::load_shared(piece + Int4PieceLayout::offset(g_ + 8 * half, step) + 4 * t_);
    }
    Weights w;
    convert(w, words[0], words[1]);
    if constexpr (kGrain == kWordGrain) {
      multiply_words(w, step);
    } else {
      float step_sums[kFragments][4] = {};
#pragma unroll
      for (int i = 0; i < kFragments; ++i) multiply(step_sums[i], w, x_[i][step % kAhead]);
      add_scaled(step_sums, parameters_.scales[0], parameters_.scales[1]);
    }
    load_x(step % kAhead, step + kAhead);
  }

  // The same where each word has its own scale: one lane's x at a time.
  __device__ __forceinline__ void multiply_words(const Weights& w, int step) {
#pragma unroll 1
    for (int word = 0; word < kBlockWords; ++word) {
      float step_sums[kFragments][4] = {};
#pragma unroll
      for (int i = 0; i < kFragments; ++i) {
        const uint4 own = t_ == word ? x_[i][step % kAhead] : uint4{0, 0, 0, 0};
        multiply(step_sums[i], w, own);
      }
      const int group = groups_.of(k_ + step * kBlockK + kInt4PerWord * word);
      add_scaled(step_sums, __ldg(args_.scales + row_groups_[0] + group),
                 __ldg(args_.scales + row_groups_[1] + group));
    }
  }

  // Takes the parameters asked for before, and asks for those of the grain that holds element k.
  __device__ __forceinline__ void next_grain(int k) {
    parameters_ = next_parameters_;
    load_parameters(next_parameters_, k);
  }

  // For element k; with the grain of a word, for this lane's word of the block at k.
  __device__ __forceinline__ void load_parameters(Int4StreamParameters& parameters, int k) const {
    if constexpr (kGrain == kWordGrain) k += kInt4PerWord * t_;
    const int group = groups_.of(k);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int index = row_groups_[half] + group;
      parameters.scales[half] = __ldg(args_.scales + index);
      parameters.zeros[half] = args_.zeros ? __ldg(args_.zeros + index) : 8;
    }
  }

  __device__ __forceinline__ void load_x(int slot, int step) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) x_[i][slot] = x.load(i, step);
  }

  __device__ __forceinline__ void convert(Weights& w, uint32_t low, uint32_t high) const {
    int4_to_bf16(w[0], low, minus_zero_point(parameters_.zeros[0]));
    int4_to_bf16(w[1], high, minus_zero_point(parameters_.zeros[1]));
  }

  // sums += x w over a step.
  static __device__ __forceinline__ void multiply(float (&sums)[4], const Weights& w,
                                                  const uint4& x) {
    ptx::mma_bf16(sums, {w[0][0], w[1][0], w[0][1], w[1][1]}, x.x, x.y);
    ptx::mma_bf16(sums, {w[0][2], w[1][2], w[0][3], w[1][3]}, x.z, x.w);
  }

  __device__ __forceinline__ void add_scaled(const float (&step_sums)[kFragments][4],
                                             float low_scale, float high_scale) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        sums[i][r] = fmaf(r < 2 ? low_scale : high_scale, step_sums[i][r], sums[i][r]);
      }
    }
  }

  const MatmulInt4Args& args_;
  const Groups& groups_;
  int g_;
  int t_;
  int row_groups_[2];  // where the parameters of rows g and g + 8 begin
  int k_;
  uint4 x_[kFragments][kAhead];
  Int4StreamParameters parameters_;
  Int4StreamParameters next_parameters_;
};

// y[m, n] for m <= 8 * kFragments. kAligned says that the rows of w start at multiples of 16 bytes.
template <int kFragments, int kGrain, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             kStreamResidentBlocks) void stream_int4_kernel(MatmulInt4Args args,
                                                                            PermutedX permuted,
                                                                            Groups groups,
                                                                            StreamPlan plan) {
  using X = Int4GlobalX<kFragments, kGrain>;
  Int4StreamConsumer<kFragments, kGrain, X> consumer(args, groups, X(permuted, args.m));
  stream_rows<kAligned, Int4PieceLayout>(
      {args.w, args.n, 4 * int4_words(args.k)}, plan.tiles, plan.pieces_per_warp, consumer, [] {},
      [&](int64_t tile, int row, int column, int fragment, float sum) {
        const int64_t n = tile * kStreamedRows + row;
        const int64_t m = 8 * fragment + column;
        if (n < args.n && m < args.m) store_result(args, m, n, sum);
      });
}

// The same for one row of x, without a workspace.
template <int kGrain, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             kStreamResidentBlocks) void stream_int4_row_kernel(MatmulInt4Args args,
                                                                                Groups groups,
                                                                                StreamPlan plan) {
  using X = Int4SharedX<kGrain>;
  Int4StreamConsumer<1, kGrain, X> consumer(args, groups, X());
  stream_rows<kAligned, Int4PieceLayout>(
      {args.w, args.n, 4 * int4_words(args.k)}, plan.tiles, plan.pieces_per_warp, consumer,
      [&] { consumer.x.fill(args.x, args.k); },
      [&](int64_t tile, int row, int m, int, float sum) {
        const int64_t n = tile * kStreamedRows + row;
        if (m == 0 && n < args.n) store_result(args, 0, n, sum);
      });
}

}  // namespace qutlass::cuda
