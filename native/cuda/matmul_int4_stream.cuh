// The int4 product for few rows of x: streams w, see streamed_rows.cuh.
#pragma once

#include "cuda/int4_epilogue.cuh"
#include "cuda/int4_groups.cuh"
#include "cuda/int4_operands.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

// Pieces of 128 elements, which are taken in four steps of one word a lane. `kRowTiles` mma share
// each load of x.
template <int kRowTiles>
using Int4Ring = PieceRing<16 * kRowTiles, 64, kRowTiles == 1 ? 6 : 4>;
constexpr int kPieceK = Int4Ring<1>::kPieceWords * kInt4PerWord;
constexpr int kPieceSteps = kPieceK / kBlockK;
static_assert(stream_shared_bytes<Int4Ring<1>, 2>(kStreamMaxWarps) <= kMaxSharedBytes &&
                  stream_shared_bytes<Int4Ring<2>, 4>(kStreamMaxWarps) <= kMaxSharedBytes,
              "a block must fit the smallest device");

// Which words of a piece a lane takes: with a grain of 128, 16 bytes of every row, a word a step.
// With less, the four lanes of a row take the words of one block in a step.
template <int kGrain>
constexpr bool kLaneTakesChunk = kGrain == 128;

// The element of a piece at which the word of lane t in a step begins.
template <int kGrain>
QUTLASS_HOST_DEVICE constexpr int streamed_k(int step, int t) {
  return kInt4PerWord * (kLaneTakesChunk<kGrain> ? kPieceSteps * t + step : 4 * step + t);
}

// What the kernel for few rows reads instead of x, in the order in which its warps do: of each
// piece, each step, 8 * kFragments rows, and lane t, the elements that its word is multiplied with.
// Rows and elements beyond x are zeros, and so is a piece behind the last, which is read ahead.
template <int kFragments, int kGrain>
struct StreamedX {
  static constexpr int kRows = 8 * kFragments;
  static constexpr int kStepWords = kRows * 4;

  uint4* data;  // [piece_count, kPieceSteps, kRows, 4]
  int64_t piece_count;

  StreamedX(int64_t k, void* workspace)
      : data(static_cast<uint4*>(workspace)), piece_count(ceil_div(k, kPieceK) + 1) {}

  int64_t bytes() const { return piece_count * kPieceSteps * kStepWords * sizeof(uint4); }
};

// Fills it: one thread a word.
template <class X, int kGrain>
struct StreamX {
  Int4ProductX x;
  int64_t m;
  X streamed;

  int64_t words() const { return streamed.piece_count * kPieceSteps * 4; }

  __device__ void operator()(int64_t row, int64_t word) const {
    const auto t = static_cast<int>(word % 4);
    const auto step = static_cast<int>(word / 4 % kPieceSteps);
    const int64_t k = word / 4 / kPieceSteps * kPieceK + streamed_k<kGrain>(step, t);
    streamed.data[word / 4 * X::kStepWords + row * 4 + t] =
        row < m ? x.pairs(row, k) : uint4{0, 0, 0, 0};
  }
};

// Reads it from global memory.
template <int kFragments, int kGrain>
class Int4GlobalX {
  using X = StreamedX<kFragments, kGrain>;

 public:
  __device__ explicit Int4GlobalX(const X& x) : x_(x) {}

  __device__ __forceinline__ void start(int piece) {
    next_ = x_.data + (piece * kPieceSteps * X::kStepWords + threadIdx.x % kWarpSize);
  }

  __device__ __forceinline__ void next_piece() { next_ += kPieceSteps * X::kStepWords; }

  // Of the rows of fragment i. No __ldg: what is sure not to change, as where each tile starts, the
  // compiler would load once and keep, in registers that there are not.
  __device__ __forceinline__ uint4 load(int i, int step) const {
    return next_[step * X::kStepWords + i * kWarpSize];
  }

 private:
  const X& x_;  // the kernel's own, which needs no registers
  const uint4* next_;
};

// The only row of x, which the block has turned to bf16 for itself. It stands in every column of
// the mma, of which one counts.
template <int kRowTiles, int kGrain>
class Int4SharedX {
  static constexpr int kPieceBytes = 2 * kPieceK;

 public:
  // A piece more than the row is read ahead.
  static QUTLASS_HOST_DEVICE int bytes(int64_t k) {
    return static_cast<int>((ceil_div(k, kPieceK) + 1) * kPieceBytes);
  }

  __device__ Int4SharedX() : row_(behind_sums<Int4Ring<kRowTiles>, kRowTiles>()) {}

  __device__ __forceinline__ void fill(const Int4ProductX& x, int64_t k) {
    const auto words = static_cast<int>(bytes(k) / sizeof(uint4));
    for (int word = threadIdx.x; word < words; word += blockDim.x) {
      const int64_t first =
          int64_t{word} / 16 * kPieceK + streamed_k<kGrain>(word / 4 % 4, word % 4);
      reinterpret_cast<uint4*>(row_)[word] = x.pairs(0, first);
    }
    __syncthreads();
  }

  __device__ __forceinline__ void start(int piece) {
    next_ = ptx::shared_address(row_) + piece * kPieceBytes + threadIdx.x % 4 * sizeof(uint4);
  }

  __device__ __forceinline__ void next_piece() { next_ += kPieceBytes; }

  __device__ __forceinline__ uint4 load(int, int step) const {
    return ptx::load_shared_16(next_ + step * kPieceBytes / kPieceSteps);
  }

 private:
  unsigned char* row_;
  uint32_t next_;
};

// One warp's share of y^T [16 * kRowTiles, 8 * kFragments]: multiplies its pieces of w with x. What
// else it needs it asks for ahead: x by some steps, scales and zero points by a span of four
// grains, of which each of the four lanes of a row loads one. With the grain of a word they are
// those that the lane's own words of a step have.
template <int kRowTiles, int kFragments, int kGrain, class X>
class Int4StreamConsumer {
 public:
  X x;
  float sums[kRowTiles * kFragments][4];

  __device__ Int4StreamConsumer(const MatmulInt4Args& args, const Groups& groups, const X& x)
      : x(x), args_(args), groups_(groups), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {}

  __device__ __forceinline__ void start(int64_t tile, int piece) {
    first_parameter_ = static_cast<uint32_t>((tile * Ring::kRows + g_) * groups_.count());
#pragma unroll
    for (auto& of_fragment : sums) {
#pragma unroll
      for (float& sum : of_fragment) sum = 0.0f;
    }
    k_ = piece * kPieceK;
    piece_of_span_ = 0;
    ask_for_span(k_);
    x.start(piece);
#pragma unroll
    for (int step = 0; step < kAhead; ++step) load_x(step);
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
#pragma unroll
    for (int step = 0; step < kPieceSteps; step += kGrainSteps) consume_grain(piece, step);
    x.next_piece();
    k_ += kPieceK;
    piece_of_span_ = (piece_of_span_ + 1) % kSpanPieces;
  }

  __device__ __forceinline__ void finish() {}

 private:
  using Ring = Int4Ring<kRowTiles>;
  static constexpr int kHalves = 2 * kRowTiles;  // rows g + 8i of the tile are this lane's
  static constexpr int kGrainSteps = kGrain < kBlockK ? 1 : kGrain / kBlockK;
  static constexpr int kGrainK = kGrainSteps * kBlockK;
  // Steps that x is loaded ahead: a piece, but for where that would take more registers than there
  // are.
  static constexpr int kAhead = kRowTiles * kFragments == 4 && kGrain < 128 ? 2 : kPieceSteps;
  static constexpr unsigned kSpanGrains = kGrain == kWordGrain ? 1 : 4;
  static constexpr unsigned kPieceGrains = kPieceSteps / kGrainSteps;
  static constexpr unsigned kSpanPieces = kSpanGrains == 1 ? 1 : kSpanGrains / kPieceGrains;

  // This lane's words of a grain, one a step.
  __device__ __forceinline__ void load_words(uint32_t piece, int first_step) {
#pragma unroll
    for (int i = 0; i < kHalves; ++i) {
      if constexpr (kLaneTakesChunk<kGrain>) {
        const uint4 chunk =
            ptx::load_shared_16(piece + Ring::Layout::offset(g_, t_) + 8 * i * Ring::kPieceBytes);
        words_[i][0] = chunk.x;
        words_[i][1] = chunk.y;
        words_[i][2] = chunk.z;
        words_[i][3] = chunk.w;
      } else {
#pragma unroll
        for (int step = 0; step < kGrainSteps; ++step) {
          words_[i][step] = ptx::load_shared(piece + Ring::Layout::offset(g_, first_step + step) +
                                             4 * t_ + 8 * i * Ring::kPieceBytes);
        }
      }
    }
  }

  // The steps from `first_step` on that share their scales.
  __device__ __forceinline__ void consume_grain(uint32_t piece, int first_step) {
    load_words(piece, first_step);
    take_parameters(first_step);
    if constexpr (kGrain == kWordGrain) {
      multiply_words(first_step);
      return;
    }
    float grain_sums[kRowTiles * kFragments][4] = {};
#pragma unroll
    for (int step = 0; step < kGrainSteps; ++step) {
#pragma unroll
      for (int tile = 0; tile < kRowTiles; ++tile) {
        const Weights w = convert(tile, step);
#pragma unroll
        for (int i = 0; i < kFragments; ++i) {
          multiply(grain_sums[tile * kFragments + i], w, x_[i][(first_step + step) % kAhead]);
        }
      }
      load_x(first_step + step + kAhead);
    }
    add_scaled(grain_sums, scales_);
  }

  // The same where each word has its own scale: one lane's x at a time.
  __device__ __forceinline__ void multiply_words(int step) {
    static_assert(kGrain != kWordGrain || kRowTiles == 1, "there is no need of more");
    const Weights w = convert(0, 0);
#pragma unroll 1
    for (int word = 0; word < kBlockWords; ++word) {
      float word_sums[kRowTiles * kFragments][4] = {};
#pragma unroll
      for (int i = 0; i < kFragments; ++i) {
        const uint4 own = t_ == word ? x_[i][step % kAhead] : uint4{0, 0, 0, 0};
        multiply(word_sums[i], w, own);
      }
      const int group = groups_.of(k_ + step * kBlockK + kInt4PerWord * word);
      float scales[kHalves];
#pragma unroll
      for (int i = 0; i < kHalves; ++i) scales[i] = __ldg(args_.scales + parameter(i, group));
      add_scaled(word_sums, scales);
    }
    load_x(step + kAhead);
  }

  // Those of the grain that begins with a step. With the last of a span it asks for the next.
  __device__ __forceinline__ void take_parameters(int first_step) {
    const unsigned grain =
        kSpanGrains == 1 ? 0 : piece_of_span_ * kPieceGrains + first_step / kGrainSteps;
#pragma unroll
    for (int i = 0; i < kHalves; ++i) {
      scales_[i] = of_grain(span_scales_[i], grain);
      minus_zeros_[i] = minus_zero_point(of_grain(span_zeros_[i], grain));
    }
    if (grain + 1 == kSpanGrains) ask_for_span(k_ + first_step * kBlockK + kGrainK);
  }

  template <class T>
  static __device__ __forceinline__ T of_grain(T of_lane, unsigned grain) {
    if constexpr (kSpanGrains == 1) return of_lane;
    return __shfl_sync(0xffffffffu, of_lane, grain, 4);
  }

  // The index of those of a group in this lane's row 8i past its first; any in rows beyond w.
  __device__ __forceinline__ uint32_t parameter(int i, int group) const {
    const auto groups = static_cast<uint32_t>(groups_.count());
    const uint32_t last = static_cast<uint32_t>(args_.n) * groups - 1;
    return min(first_parameter_ + 8 * i * groups + group, last);
  }

  // Of the span at element k, this lane's grain; with the grain of a word, its word.
  __device__ __forceinline__ void ask_for_span(int k) {
    const int group = groups_.of(k + kGrain * t_);
#pragma unroll
    for (int i = 0; i < kHalves; ++i) {
      const uint32_t index = parameter(i, group);
      span_scales_[i] = __ldg(args_.scales + index);
      span_zeros_[i] = args_.zeros ? __ldg(args_.zeros + index) : 8;
    }
  }

  // Of a step of the piece, or of the next one.
  __device__ __forceinline__ void load_x(int step) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) x_[i][step % kAhead] = x.load(i, step);
  }

  // A word of rows g and g + 8 of a tile of 16, as bf16.
  struct Weights {
    uint32_t pairs[2][4];
  };

  __device__ __forceinline__ Weights convert(int tile, int step) const {
    Weights w;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int i = 2 * tile + half;
      int4_to_bf16(w.pairs[half], words_[i][step], minus_zeros_[i]);
    }
    return w;
  }

  // sums += x w over a step.
  static __device__ __forceinline__ void multiply(float (&sums)[4], const Weights& w,
                                                  const uint4& x) {
    const uint32_t(&low)[4] = w.pairs[0];
    const uint32_t(&high)[4] = w.pairs[1];
    ptx::mma_bf16(sums, {low[0], high[0], low[1], high[1]}, x.x, x.y);
    ptx::mma_bf16(sums, {low[2], high[2], low[3], high[3]}, x.z, x.w);
  }

  __device__ __forceinline__ void add_scaled(const float (&grain_sums)[kRowTiles * kFragments][4],
                                             const float (&scales)[kHalves]) {
#pragma unroll
    for (int i = 0; i < kRowTiles * kFragments; ++i) {
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        const float scale = scales[i / kFragments * 2 + r / 2];
        sums[i][r] = fmaf(scale, grain_sums[i][r], sums[i][r]);
      }
    }
  }

  const MatmulInt4Args& args_;
  const Groups& groups_;
  int g_;
  int t_;
  uint32_t first_parameter_;  // of this lane's first row
  int k_;
  uint32_t words_[kHalves][kGrainSteps];
  uint4 x_[kFragments][kAhead];
  float scales_[kHalves];  // of the grain
  uint32_t minus_zeros_[kHalves];
  float span_scales_[kHalves];  // of this lane's grain of the span
  int32_t span_zeros_[kHalves];
  unsigned piece_of_span_;  // the next one
};

// y[m, n] for m <= 8 * kFragments. kAligned says that the rows of w start at multiples of 16 bytes.
template <int kRowTiles, int kFragments, int kGrain, bool kAligned>
__global__ __launch_bounds__(
    kStreamMaxWarps* kWarpSize,
    kStreamResidentBlocks) void stream_int4_kernel(MatmulInt4Args args,
                                                   StreamedX<kFragments, kGrain> streamed,
                                                   Groups groups, StreamPlan plan) {
  using X = Int4GlobalX<kFragments, kGrain>;
  using Ring = Int4Ring<kRowTiles>;
  Int4StreamConsumer<kRowTiles, kFragments, kGrain, X> consumer(args, groups, X(streamed));
  stream_rows<kAligned, Ring>(
      {args.w, args.n, 4 * int4_words(args.k)}, plan.tiles, plan.pieces_per_warp, consumer, [] {},
      [&](int64_t tile, int row, int column, int fragment, float sum) {
        const int64_t n = tile * Ring::kRows + fragment / kFragments * 16 + row;
        const int64_t m = fragment % kFragments * 8 + column;
        if (n < args.n && m < args.m) store_result(args, m, n, sum);
      });
}

// The same for one row of x, without a workspace.
template <int kRowTiles, int kGrain, bool kAligned>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             kStreamResidentBlocks) void stream_int4_row_kernel(MatmulInt4Args args,
                                                                                Int4ProductX x,
                                                                                Groups groups,
                                                                                StreamPlan plan) {
  using X = Int4SharedX<kRowTiles, kGrain>;
  using Ring = Int4Ring<kRowTiles>;
  Int4StreamConsumer<kRowTiles, 1, kGrain, X> consumer(args, groups, X());
  stream_rows<kAligned, Ring>(
      {args.w, args.n, 4 * int4_words(args.k)}, plan.tiles, plan.pieces_per_warp, consumer,
      [&] { consumer.x.fill(x, args.k); },
      [&](int64_t tile, int row, int m, int fragment, float sum) {
        const int64_t n = tile * Ring::kRows + fragment * 16 + row;
        if (m == 0 && n < args.n) store_result(args, 0, n, sum);
      });
}

}  // namespace qutlass::cuda
