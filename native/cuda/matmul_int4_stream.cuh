// The int4 product for few rows of x: streams w, see streamed_rows.cuh. x is read as float32.
#pragma once

#include "cuda/int4_epilogue.cuh"
#include "cuda/int4_groups.cuh"
#include "cuda/streamed_rows.cuh"

namespace qutlass::cuda {

constexpr int kPieceK = kPieceWords * kInt4PerWord;
constexpr int kPieceBlocks = kPieceK / kBlockK;

// Elements 8t ... 8t + 7 of a block of 32, of row g of each fragment of x, block after block.
template <int kFragments, bool kAligned>
class Int4StreamX {
 public:
  __device__ __forceinline__ void start(const MatmulInt4Args& args, int64_t k) {
    k += threadIdx.x % 4 * kInt4PerWord;
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      const int64_t m = threadIdx.x % kWarpSize / 4 + 8 * i;
      source_[i] = args.x + m * args.k + k;
      left_[i] = m < args.m ? static_cast<int>(args.k - k) : 0;
    }
  }

  // Asks for the next block. Rows and elements beyond x read as zero.
  __device__ __forceinline__ void load_next(float (&x)[kFragments][8]) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      if constexpr (kAligned) {
#pragma unroll
        for (int e = 0; e < 8; e += 4) {
          float4 values{0.0f, 0.0f, 0.0f, 0.0f};
          if (e < left_[i]) values = __ldg(reinterpret_cast<const float4*>(source_[i] + e));
          x[i][e] = values.x;
          x[i][e + 1] = values.y;
          x[i][e + 2] = values.z;
          x[i][e + 3] = values.w;
        }
      } else {
#pragma unroll
        for (int e = 0; e < 8; ++e) x[i][e] = e < left_[i] ? __ldg(source_[i] + e) : 0.0f;
      }
      source_[i] += kBlockK;
      left_[i] -= kBlockK;
    }
  }

 private:
  const float* source_[kFragments];
  int left_[kFragments];
};

// The scale and zero point of rows g and g + 8 of w.
struct Int4StreamParameters {
  float scales[2];
  int32_t zeros[2];
};

// One warp's share of y^T [16, 8 * kFragments]: multiplies its pieces of w with x. What else it
// needs it asks for ahead: x two blocks of 32, scales and zero points a grain.
template <int kFragments, int kGrain>
class Int4StreamConsumer {
 public:
  float sums[kFragments][4] = {};

  __device__ Int4StreamConsumer(const MatmulInt4Args& args, const Groups& groups, int64_t first_n)
      : args_(args), groups_(groups), g_(threadIdx.x % kWarpSize / 4), t_(threadIdx.x % 4) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      row_groups_[half] = min(first_n + g_ + 8 * half, args.n - 1) * groups.count();
    }
  }

  __device__ __forceinline__ void start(int piece) {
    k_ = piece * kPieceK;
    load_parameters(next_parameters_, k_);
    x_.start(args_, k_);
#pragma unroll
    for (int block = 0; block < kAhead; ++block) x_.load_next(next_x_[block]);
  }

  __device__ __forceinline__ void consume(uint32_t piece) {
#pragma unroll
    for (int block = 0; block < kPieceBlocks; ++block) {
      uint32_t x[kFragments][4];
      pack_x(x, next_x_[block % kAhead]);
      x_.load_next(next_x_[block % kAhead]);
      if (kGrain <= kBlockK || block % (kGrain / kBlockK) == 0) {
        parameters_ = next_parameters_;
        load_parameters(next_parameters_, k_ + block * kBlockK + max(kGrain, kBlockK));
      }
      uint32_t w[2][4];
      load_weights(w, piece, block);
      if constexpr (kGrain == kWordGrain) {
        multiply_words(w, x, k_ + block * kBlockK);
      } else {
        multiply_block(w, x, parameters_.scales[0], parameters_.scales[1]);
      }
    }
    k_ += kPieceK;
  }

 private:
  static constexpr int kAhead = 2;

  // For element k; with the grain of a word, for this lane's word of the block at k.
  __device__ __forceinline__ void load_parameters(Int4StreamParameters& parameters, int k) const {
    if constexpr (kGrain == kWordGrain) k += kInt4PerWord * t_;
    const int group = groups_.of(k);
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int64_t index = row_groups_[half] + group;
      parameters.scales[half] = __ldg(args_.scales + index);
      parameters.zeros[half] = args_.zeros ? __ldg(args_.zeros + index) : 8;
    }
  }

  static __device__ __forceinline__ void pack_x(uint32_t (&pairs)[kFragments][4],
                                                const float (&x)[kFragments][8]) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
#pragma unroll
      for (int j = 0; j < 4; ++j) pairs[i][j] = ptx::bf16_pair(x[i][j], x[i][j + 4]);
    }
  }

  // This lane's word of rows g and g + 8, as bf16.
  __device__ __forceinline__ void load_weights(uint32_t (&w)[2][4], uint32_t piece, int block) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const uint32_t word =
          ptx::load_shared(piece + PieceLayout::offset(g_ + 8 * half, block) + 4 * t_);
      int4_to_bf16(w[half], word, minus_zero_point(parameters_.zeros[half]));
    }
  }

  // sums += scale * x w over a block; the scales are those of rows g and g + 8.
  __device__ __forceinline__ void multiply_block(const uint32_t (&w)[2][4],
                                                 const uint32_t (&x)[kFragments][4],
                                                 float low_scale, float high_scale) {
#pragma unroll
    for (int i = 0; i < kFragments; ++i) {
      float block_sums[4] = {};
      ptx::mma_bf16(block_sums, {w[0][0], w[1][0], w[0][1], w[1][1]}, x[i][0], x[i][1]);
      ptx::mma_bf16(block_sums, {w[0][2], w[1][2], w[0][3], w[1][3]}, x[i][2], x[i][3]);
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        sums[i][r] = fmaf(r < 2 ? low_scale : high_scale, block_sums[r], sums[i][r]);
      }
    }
  }

  // The same where each word of a block has its own scale: one lane's x at a time.
  __device__ __forceinline__ void multiply_words(const uint32_t (&w)[2][4],
                                                 const uint32_t (&x)[kFragments][4], int block_k) {
#pragma unroll
    for (int word = 0; word < kBlockWords; ++word) {
      uint32_t word_x[kFragments][4];
#pragma unroll
      for (int i = 0; i < kFragments; ++i) {
#pragma unroll
        for (int j = 0; j < 4; ++j) word_x[i][j] = t_ == word ? x[i][j] : 0;
      }
      const int group = groups_.of(block_k + kInt4PerWord * word);
      multiply_block(w, word_x, __ldg(args_.scales + row_groups_[0] + group),
                     __ldg(args_.scales + row_groups_[1] + group));
    }
  }

  const MatmulInt4Args& args_;
  Int4StreamX<kFragments, kGrain != kWordGrain> x_;
  Groups groups_;
  int g_;
  int t_;
  int64_t row_groups_[2];  // where the parameters of rows g and g + 8 begin
  int k_ = 0;
  float next_x_[kAhead][kFragments][8];
  Int4StreamParameters parameters_;
  Int4StreamParameters next_parameters_;
};

// y[m, n] for m <= 8 * kFragments; a block computes 16 columns n. With the grain of a word the rows
// of x and w may start anywhere, with others at multiples of 16 bytes.
template <int kFragments, int kGrain>
__global__ __launch_bounds__(kStreamMaxWarps* kWarpSize,
                             2) void stream_int4_kernel(MatmulInt4Args args, Groups groups,
                                                        int pieces_per_warp) {
  const int64_t first_n = int64_t{blockIdx.x} * kStreamedRows;
  Int4StreamConsumer<kFragments, kGrain> consumer(args, groups, first_n);
  stream_rows<kGrain != kWordGrain>({args.w, args.n, 4 * int4_words(args.k)}, first_n,
                                    pieces_per_warp, consumer, [] {});

  reduce_warps(consumer.sums, [&](int row, int column, int fragment, float sum) {
    const int64_t n = first_n + row;
    const int64_t m = 8 * fragment + column;
    if (n < args.n && m < args.m) store_result(args, m, n, sum);
  });
}

}  // namespace qutlass::cuda
