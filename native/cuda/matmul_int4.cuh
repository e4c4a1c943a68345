// The int4 product by tiles, for many rows: x comes as bf16 from the workspace, the weights turn to
// bf16 in registers, and mma.sync sums each group in float32 before its scale is applied.
#pragma once

#include "cuda/block_tile.cuh"
#include "cuda/int4_epilogue.cuh"
#include "cuda/int4_groups.cuh"
#include "cuda/int4_operands.cuh"
#include "cuda/pair_epilogue.cuh"
#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

constexpr int kBlockElements = kBlockBytes / 2;  // along k, of one mma

// The shape of a block's tile and of its pipeline: kStages steps of 128 elements along k. A stage
// holds x [kM, 128] bf16 and w [kN, 128] int4. Behind the stages lies a ring of spans of
// parameters: of each grain of k, kN scales, then kN zero points. Tiles that are not kAligned take
// weights whose rows do not start at multiples of 16 bytes.
template <int kTileM, int kTileN, int kGridM, int kGridN, int kStageCount, int kTileGrain,
          bool kTileAligned>
struct Int4Tile : BlockShape<kTileM, kTileN, kGridM, kGridN> {
  static constexpr int kGrain = kTileGrain;
  static constexpr bool kAligned = kTileAligned;
  static constexpr int kStages = kStageCount;
  static constexpr int kStepK = kInt4StepK;
  static constexpr int kGrains = kStepK / kGrain;
  static constexpr int kXRowBytes = kStepK * 2;
  static constexpr int kWRowBytes = kStepK / 2;
  static constexpr int kWOffset = kTileM * kXRowBytes;
  static constexpr int kStageBytes = kWOffset + kTileN * kWRowBytes;
  static constexpr int kGrainBytes = 2 * 4 * kTileN;
  static constexpr int kSpanGrains = kGrains > 4 ? kGrains : 4;
  static constexpr int kSpanSteps = kSpanGrains / kGrains;
  static constexpr int kSpanBytes = kSpanGrains * kGrainBytes;
  // A span's copies start kStages - 1 steps before its first step, when no step needs the one whose
  // place it takes.
  static constexpr int kSpans = (kStages - 2) / kSpanSteps + 2;
  static constexpr int kSpansOffset = kStages * kStageBytes;
  static constexpr int kSharedBytes = kSpansOffset + kSpans * kSpanBytes;
  static_assert(kSharedBytes <= kMaxSharedBytes, "the tile must fit the smallest device");

  using XLayout = SwizzledLayout<kXRowBytes>;
  using WLayout = SwizzledLayout<kWRowBytes>;  // a chunk is the four words of a block
  using XLoader = TileLoader<kTileM, kXRowBytes / kChunkBytes, Int4Tile::kThreads, XLayout>;
  using WLoader = TileLoader<kTileN, kWRowBytes / kChunkBytes, Int4Tile::kThreads, WLayout>;
};

// Walks the ring of spans, step by step.
template <class Tile>
class SpanCursor {
 public:
  __device__ explicit SpanCursor(uint32_t first_span) : first_span_(first_span) {}

  __device__ __forceinline__ bool is_at_span() const { return step_ == 0; }

  // Where the parameters of this step begin.
  __device__ __forceinline__ uint32_t address() const {
    return first_span_ + span_ * Tile::kSpanBytes + step_ * Tile::kGrains * Tile::kGrainBytes;
  }

  __device__ __forceinline__ void next_step() {
    if (++step_ < Tile::kSpanSteps) return;
    step_ = 0;
    span_ = span_ + 1 < Tile::kSpans ? span_ + 1 : 0;
  }

 private:
  uint32_t first_span_;
  int span_ = 0;
  int step_ = 0;  // of the span
};

// Copies scales and zero points, one by one: in memory those of a column are neighbours, in a span
// those of a grain. A whole span at a time, so that what lies together is read together.
template <class Tile>
class ParameterLoader {
 public:
  __device__ ParameterLoader(const MatmulInt4Args& args, const Groups& groups, int64_t first_n,
                             uint32_t first_span)
      : args_(args), groups_(groups), first_n_(static_cast<int>(first_n)), cursor_(first_span) {}

  // Those of the next step, which is at element k; zeros from end_k on.
  __device__ __forceinline__ void load_next(int k, int end_k) {
    if (cursor_.is_at_span()) load_span(k, end_k);
    cursor_.next_step();
  }

 private:
  // A thread copies those of one grain.
  __device__ __forceinline__ void load_span(int k, int end_k) const {
    constexpr int kColumns = Tile::kThreads / Tile::kSpanGrains;  // in one pass
    static_assert(Tile::kThreads % Tile::kSpanGrains == 0 && Tile::kN % kColumns == 0,
                  "passes are whole");
    const int grain = threadIdx.x % Tile::kSpanGrains;
    const int first_column = threadIdx.x / Tile::kSpanGrains;
    const int grain_k = k + grain * Tile::kGrain;
    const int group = groups_.of(grain_k);
    const uint32_t target = cursor_.address() + grain * Tile::kGrainBytes + 4 * first_column;
#pragma unroll
    for (int column = 0; column < Tile::kN; column += kColumns) {
      const int n = first_n_ + first_column + column;
      const int64_t index = n * groups_.count() + group;
      const bool is_there = n < args_.n && grain_k < end_k;
      ptx::copy_async_4(target + 4 * column, args_.scales + index, is_there);
      if (args_.zeros) {
        ptx::copy_async_4(target + 4 * (Tile::kN + column), args_.zeros + index, is_there);
      }
    }
  }

  const MatmulInt4Args& args_;  // the kernel's own, which need no registers
  const Groups& groups_;
  int first_n_;
  SpanCursor<Tile> cursor_;
};

// A warp's sums. It takes a chunk of k that shares its scales at a time: turns its part of w to
// bf16, once, and leads the rows of x past it, 16 at a time, whose sums over the chunk are scaled
// and added. So few registers hold unscaled sums, and each weight is converted once a warp.
template <class Tile>
class Int4WarpTile {
 public:
  float sums[Tile::kFragmentsM][Tile::kFragmentsN][4] = {};

  __device__ explicit Int4WarpTile(bool has_zeros) : has_zeros_(has_zeros) {}

  // `parameters` is where those of the step begin.
  __device__ __forceinline__ void multiply_step(uint32_t stage, uint32_t parameters) {
#pragma unroll 1  // there are registers for one chunk
    for (int k = 0; k < Tile::kStepK; k += kChunkK) {
      convert_weights(stage, parameters, k);
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) multiply_rows(stage, parameters, k, i);
    }
  }

 private:
  // Each word has a scale of its own: the four lanes' words are multiplied one after the other.
  static constexpr bool kWordwise = Tile::kGrain == kWordGrain;
  static constexpr int kWords = kWordwise ? kBlockWords : 1;
  static constexpr int kChunkK = kWordwise ? kBlockK : Tile::kGrain;
  static constexpr int kChunkBlocks = kChunkK / kBlockK;

  // This lane's word of column g of each fragment, in each block of the chunk at k.
  __device__ __forceinline__ void convert_weights(uint32_t stage, uint32_t parameters, int k) {
    const int t = place_.lane % 4;
    const int own_k = kWordwise ? k + kInt4PerWord * t : k;
    const int column = place_.warp_n + place_.lane / 4;
    const uint32_t words = stage + Tile::kWOffset + 4 * t;
    const uint32_t zeros =
        parameters + own_k / Tile::kGrain * Tile::kGrainBytes + 4 * (Tile::kN + column);
    const uint32_t first = Tile::WLayout::offset(column, 0);
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const uint32_t minus_zero =
          minus_zero_point(has_zeros_ ? static_cast<int32_t>(ptx::load_shared(zeros + 32 * j)) : 8);
#pragma unroll
      for (int block = 0; block < kChunkBlocks; ++block) {
        const uint32_t chunk = (k / kBlockK + block) * kChunkBytes;
        const uint32_t word = ptx::load_shared(words + (first ^ chunk) + 8 * j * Tile::kWRowBytes);
        int4_to_bf16(w_[j][block], word, minus_zero);
      }
    }
  }

  // Rows 16i ... 16i + 15 of x by the chunk at k.
  __device__ __forceinline__ void multiply_rows(uint32_t stage, uint32_t parameters, int k, int i) {
#pragma unroll
    for (int word = 0; word < kWords; ++word) {
      float chunk_sums[Tile::kFragmentsN][4] = {};
#pragma unroll
      for (int half = 0; half < 2 * kChunkBlocks; ++half) {
        uint32_t x[4];
        x_reader_.load(x, stage, i, k / kBlockElements + half);
        if constexpr (kWordwise) {
          for (uint32_t& pair : x) pair = place_.lane % 4 == word ? pair : 0u;
        }
#pragma unroll
        for (int j = 0; j < Tile::kFragmentsN; ++j) {
          const uint32_t(&w)[4] = w_[j][half / 2];
          ptx::mma_bf16(chunk_sums[j], x, w[half % 2 * 2], w[half % 2 * 2 + 1]);
        }
      }
      const int grain = (k + kInt4PerWord * word) / Tile::kGrain;
      add_scaled(sums[i], chunk_sums, parameters + grain * Tile::kGrainBytes);
    }
  }

  // With a grain's scales.
  __device__ __forceinline__ void add_scaled(float (&sums)[Tile::kFragmentsN][4],
                                             const float (&chunk_sums)[Tile::kFragmentsN][4],
                                             uint32_t scales) const {
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const float2 scale = ptx::load_shared_pair(scales + 4 * place_.column() + 32 * j);
#pragma unroll
      for (int r = 0; r < 4; ++r) {
        sums[j][r] = fmaf(r % 2 ? scale.y : scale.x, chunk_sums[j][r], sums[j][r]);
      }
    }
  }

  ThreadPlace<Tile> place_;
  FragmentReader<typename Tile::XLayout> x_reader_ =
      FragmentReader<typename Tile::XLayout>::of_a(place_.warp_m);
  bool has_zeros_;
  uint32_t w_[Tile::kFragmentsN][kChunkBlocks][4];
};

// Where a warp's sums go: to y through the epilogue, or to `partials` [m, n].
template <class Tile>
__device__ __forceinline__ void store_int4(const Int4WarpTile<Tile>& warp_tile,
                                           const MatmulInt4Args& args, float* partials,
                                           const TileOrigin& origin,
                                           const ThreadPlace<Tile>& place) {
  const auto sums_of = [&](int i, int j) {
    const float(&sums)[4] = warp_tile.sums[i / 2][j];
    return float2{sums[i % 2 * 2], sums[i % 2 * 2 + 1]};
  };
  if (partials) return store_pairs(partials, args.m, args.n, origin, place, sums_of);

  float2 bias[Tile::kFragmentsN];
#pragma unroll
  for (int j = 0; j < Tile::kFragmentsN; ++j) {
    const int64_t n = min(origin.n + place.column() + 8 * j, args.n - 1);
    bias[j] = PairEpilogue::bias(args.bias, n, n + 1 < args.n);
  }
  const PairEpilogue epilogue(args.activation);
  store_pairs(args.y, args.m, args.n, origin, place, [&](int i, int j) {
    const float2 sums = sums_of(i, j);
    const float scale = row_scale(args, origin.m + place.row() + 8 * i);
    return epilogue(multiply(sums.x, scale), multiply(sums.y, scale), bias[j]);
  });
}

// Block (tile, split) computes steps split * steps_per_split ... of its tile.
template <class Tile>
__global__ __launch_bounds__(Tile::kThreads, Tile::kResidentBlocks) void matmul_int4_kernel(
    MatmulInt4Args args, PermutedX permuted_x, Groups groups, float* partials,
    int steps_per_split) {
  const uint32_t stages = ptx::shared_address(dynamic_shared_memory());
  const TileOrigin origin = block_origin<Tile>(args.m, args.n);
  const ThreadPlace<Tile> place;
  const auto thread = static_cast<int>(threadIdx.x);

  int next_k = static_cast<int>(blockIdx.y) * steps_per_split * Tile::kStepK;
  const int end_k = min(static_cast<int>(args.k), next_k + steps_per_split * Tile::kStepK);
  const int steps = static_cast<int>(ceil_div(end_k - next_k, Tile::kStepK));
  const int64_t w_words = int4_words(args.k);
  typename Tile::XLoader x({permuted_x.data, args.m, 2 * permuted_x.padded_k}, origin.m, 2 * next_k,
                           thread);
  typename Tile::WLoader w({args.w, args.n, 4 * w_words}, origin.n, next_k / 2, thread);
  const uint32_t spans = stages + Tile::kSpansOffset;
  ParameterLoader<Tile> parameters(args, groups, origin.n, spans);

  Int4WarpTile<Tile> warp_tile(args.zeros != nullptr);
  const auto load = [&](int stage) {
    const uint32_t address = stages + stage * Tile::kStageBytes;
    const bool has_step = next_k < end_k;
    x.template load_next<true>(address, has_step ? Tile::kXRowBytes / 4 : 0);
    w.template load_next<Tile::kAligned>(
        address + Tile::kWOffset, has_step ? static_cast<int>(w_words) - next_k / kInt4PerWord : 0);
    parameters.load_next(next_k, end_k);
    next_k += Tile::kStepK;
  };
  start_pipeline<Tile::kStages>(load);
  SpanCursor<Tile> cursor(spans);
  run_pipeline<Tile::kStages>(
      steps, load,
      [&](int stage, const auto& load_ahead) {
        load_ahead();
        warp_tile.multiply_step(stages + stage * Tile::kStageBytes, cursor.address());
        cursor.next_step();
      },
      [] { __syncthreads(); });

  if (partials) partials += blockIdx.y * args.m * args.n;
  store_int4(warp_tile, args, partials, origin, place);
}

}  // namespace qutlass::cuda
