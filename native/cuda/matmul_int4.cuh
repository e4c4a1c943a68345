// The int4 product by tiles, for many rows: x comes as bf16 from the workspace, the weights turn to
// bf16 in registers, and mma.sync sums each group in float32 before its scale is applied.
#pragma once

#include "cuda/block_tile.cuh"
#include "cuda/int4_epilogue.cuh"
#include "cuda/int4_operands.cuh"
#include "cuda/pair_epilogue.cuh"
#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

// The shape of a block's tile and of its pipeline: kStages steps of 64 elements along k. A stage
// holds x [kM, 64] bf16, w [kN, 64] int4, and a scale and a zero point for each grain of k. Tiles
// with the grain of a word take weights whose rows do not start at multiples of 16 bytes.
template <int kTileM, int kTileN, int kGridM, int kGridN, int kStageCount, int kTileGrain>
struct Int4Tile : BlockShape<kTileM, kTileN, kGridM, kGridN> {
  static constexpr int kGrain = kTileGrain;
  static constexpr bool kAligned = kGrain != kWordGrain;
  static constexpr int kStages = kStageCount;
  static constexpr int kStepK = 64;
  static constexpr int kGrains = kStepK / kGrain;
  static constexpr int kXRowBytes = kStepK * 2;
  static constexpr int kWRowBytes = kStepK / 2;
  static constexpr int kWOffset = kTileM * kXRowBytes;
  static constexpr int kParametersOffset = kWOffset + kTileN * kWRowBytes;
  static constexpr int kParameterRowBytes = kTileN * sizeof(GroupParameters);
  static constexpr int kStageBytes = kParametersOffset + kGrains * kParameterRowBytes;
  static constexpr int kSharedBytes = kStages * kStageBytes;
  static_assert(kSharedBytes <= kMaxSharedBytes, "the tile must fit the smallest device");

  using XLayout = SwizzledLayout<kXRowBytes>;
  using WLayout = SwizzledLayout<kWRowBytes>;  // a chunk is the four words of a block
  using XLoader = TileLoader<kTileM, kXRowBytes / kChunkBytes, Int4Tile::kThreads, XLayout>;
  using WLoader = TileLoader<kTileN, kWRowBytes / kChunkBytes, Int4Tile::kThreads, WLayout>;
};

// Copies the scales and zero points of each step's grains, [kGrains, kN].
template <class Tile>
class ParameterLoader {
 public:
  __device__ ParameterLoader(const Int4Operands& operands, const Groups& groups, int64_t first_n,
                             int64_t first_k, int64_t end_k)
      : source_(operands.parameters + first_n),
        padded_n_(operands.padded_n),
        groups_(groups),
        next_k_(static_cast<int>(first_k)),
        end_k_(static_cast<int>(end_k)) {}

  __device__ __forceinline__ void load_next(uint32_t stage) {
    constexpr int kRowChunks = Tile::kParameterRowBytes / kChunkBytes;
    constexpr int kChunks = Tile::kGrains * kRowChunks;
#pragma unroll
    for (int first = 0; first < kChunks; first += Tile::kThreads) {
      const int chunk = first + threadIdx.x;
      if (kChunks % Tile::kThreads != 0 && chunk >= kChunks) continue;
      const int group = groups_.of(next_k_ + chunk / kRowChunks * Tile::kGrain);
      const auto* row = reinterpret_cast<const char*>(source_ + group * padded_n_);
      ptx::copy_async_16(stage + Tile::kParametersOffset + kChunkBytes * chunk,
                         row + kChunkBytes * (chunk % kRowChunks), next_k_ < end_k_);
    }
    next_k_ += Tile::kStepK;
  }

 private:
  const GroupParameters* source_;
  int64_t padded_n_;
  Groups groups_;
  int next_k_;
  int end_k_;
};

// A warp's sums.
template <class Tile>
class Int4WarpTile {
 public:
  float sums[Tile::kFragmentsM][Tile::kFragmentsN][4] = {};

  // Adds the product of one step's tiles; `load_ahead` is called after the first products.
  template <class LoadAhead>
  __device__ __forceinline__ void multiply(uint32_t stage, const ThreadPlace<Tile>& place,
                                           const LoadAhead& load_ahead) {
    Fragments grain_sums;
#pragma unroll
    for (int k = 0; k < Tile::kStepK; k += kBlockK) {
      uint32_t w[Tile::kFragmentsN][4];
      load_weights(w, stage, place, k);
      if constexpr (Tile::kGrain == kWordGrain) {
#pragma unroll
        for (int word = 0; word < kBlockWords; ++word) {
          clear(grain_sums);
          multiply_block(grain_sums, w, stage, place, k, place.lane % 4 == word ? ~0u : 0u);
          add_scaled(grain_sums, stage, place, k + kInt4PerWord * word);
        }
      } else {
        if (k % Tile::kGrain == 0) clear(grain_sums);
        multiply_block(grain_sums, w, stage, place, k, ~0u);
        if ((k + kBlockK) % Tile::kGrain == 0) add_scaled(grain_sums, stage, place, k);
      }
      if (k == 0) load_ahead();
    }
  }

 private:
  using Fragments = float[Tile::kFragmentsM][Tile::kFragmentsN][4];

  static __device__ __forceinline__ void clear(Fragments& fragments) {
    for (auto& row : fragments) {
      for (auto& fragment : row) {
        for (float& sum : fragment) sum = 0.0f;
      }
    }
  }

  // Where the parameters of a column for element k of the step lie.
  static __device__ __forceinline__ uint32_t parameters(uint32_t stage, int k, int column) {
    return stage + Tile::kParametersOffset + k / Tile::kGrain * Tile::kParameterRowBytes +
           column * static_cast<int>(sizeof(GroupParameters));
  }

  // This lane's word of each fragment's column lane / 4, for the block at k, as bf16.
  static __device__ __forceinline__ void load_weights(uint32_t (&w)[Tile::kFragmentsN][4],
                                                      uint32_t stage,
                                                      const ThreadPlace<Tile>& place, int k) {
    const int t = place.lane % 4;
    const int own_k = Tile::kGrain == kWordGrain ? k + kInt4PerWord * t : k;
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const int column = place.warp_n + 8 * j + place.lane / 4;
      const uint32_t word = ptx::load_shared(stage + Tile::kWOffset +
                                             Tile::WLayout::offset(column, k / kBlockK) + 4 * t);
      const uint32_t minus_zero = ptx::load_shared(parameters(stage, own_k, column) +
                                                   offsetof(GroupParameters, minus_zero));
      int4_to_bf16(w[j], word, minus_zero);
    }
  }

  // grain_sums += x w over the block at k; `mask` drops the x of lanes whose words do not count.
  static __device__ __forceinline__ void multiply_block(Fragments& grain_sums,
                                                        const uint32_t (&w)[Tile::kFragmentsN][4],
                                                        uint32_t stage,
                                                        const ThreadPlace<Tile>& place, int k,
                                                        uint32_t mask) {
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int chunk = k / kBlockK * 4 + 2 * half;
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) {
        uint32_t x[4];
        load_a_fragment<typename Tile::XLayout>(x, stage, place.warp_m + 16 * i, chunk);
        if constexpr (Tile::kGrain == kWordGrain) {
          for (uint32_t& pair : x) pair &= mask;
        }
#pragma unroll
        for (int j = 0; j < Tile::kFragmentsN; ++j) {
          ptx::mma_bf16(grain_sums[i][j], x, w[j][2 * half], w[j][2 * half + 1]);
        }
      }
    }
  }

  // sums += scale * grain_sums, of the grain that holds element k.
  __device__ __forceinline__ void add_scaled(const Fragments& grain_sums, uint32_t stage,
                                             const ThreadPlace<Tile>& place, int k) {
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const uint4 pair = ptx::load_shared_16(parameters(stage, k, place.column() + 8 * j));
      const float scales[2] = {__uint_as_float(pair.x), __uint_as_float(pair.z)};
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) {
#pragma unroll
        for (int r = 0; r < 4; ++r) {
          sums[i][j][r] = fmaf(scales[r % 2], grain_sums[i][j][r], sums[i][j][r]);
        }
      }
    }
  }
};

// Where a warp's sums go: to y through the epilogue, or to `partials` [splits, m, n].
template <class Tile>
__device__ __forceinline__ void store_int4(const Int4WarpTile<Tile>& warp_tile,
                                           const MatmulInt4Args& args, float* partials,
                                           const TileOrigin& origin,
                                           const ThreadPlace<Tile>& place) {
  const PairEpilogue epilogue(args.activation);
  const PairStore store(partials ? partials : args.y, args.n);
#pragma unroll
  for (int j = 0; j < Tile::kFragmentsN; ++j) {
    const int64_t n = origin.n + place.column() + 8 * j;
    if (n >= args.n) continue;
    const float2 bias = PairEpilogue::bias(args.bias, n, n + 1 < args.n);
#pragma unroll
    for (int i = 0; i < 2 * Tile::kFragmentsM; ++i) {
      const int64_t m = origin.m + place.row() + 8 * i;
      const float(&sums)[4] = warp_tile.sums[i / 2][j];
      const float2 pair{sums[i % 2 * 2], sums[i % 2 * 2 + 1]};
      if (m < args.m) store(m, n, partials ? pair : epilogue(pair.x, pair.y, bias));
    }
  }
}

// Block (tile, split) computes steps split * steps_per_split ... of its tile.
template <class Tile>
__global__ __launch_bounds__(Tile::kThreads) void matmul_int4_kernel(MatmulInt4Args args,
                                                                     Int4Operands operands,
                                                                     Groups groups, float* partials,
                                                                     int steps_per_split) {
  const uint32_t stages = ptx::shared_address(dynamic_shared_memory());
  const TileOrigin origin = block_origin<Tile>(args.m, args.n);
  const ThreadPlace<Tile> place;
  const auto thread = static_cast<int>(threadIdx.x);

  const int64_t first_k = int64_t{blockIdx.y} * steps_per_split * Tile::kStepK;
  const int64_t end_k = min(args.k, first_k + int64_t{steps_per_split} * Tile::kStepK);
  typename Tile::XLoader x({operands.x, args.m, 2 * operands.padded_k}, origin.m, 2 * first_k,
                           2 * round_up(end_k, Tile::kStepK), thread);
  typename Tile::WLoader w({args.w, args.n, 4 * int4_words(args.k)}, origin.n, first_k / 2,
                           round_up(end_k, Tile::kStepK) / 2, thread);
  ParameterLoader<Tile> parameters(operands, groups, origin.n, first_k, end_k);

  Int4WarpTile<Tile> warp_tile;
  const auto load = [&](int stage) {
    const uint32_t address = stages + stage * Tile::kStageBytes;
    x.template load_next<true>(address);
    w.template load_next<Tile::kAligned>(address + Tile::kWOffset);
    parameters.load_next(address);
  };
  start_pipeline<Tile::kStages>(load);
  run_pipeline<Tile::kStages>(
      static_cast<int>(ceil_div(end_k - first_k, Tile::kStepK)), load,
      [&](int stage, const auto& load_ahead) {
        warp_tile.multiply(stages + stage * Tile::kStageBytes, place, load_ahead);
      },
      [] { __syncthreads(); });

  if (partials) partials += blockIdx.y * args.m * args.n;
  store_int4(warp_tile, args, partials, origin, place);
}

}  // namespace qutlass::cuda
