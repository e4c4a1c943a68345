// The integer products by tiles, for many rows: cp.async -> shared memory -> ldmatrix -> mma.sync.
//
// Both operands have k last, so their fragments are what ldmatrix gives from the plain layout.
#pragma once

#include "cuda/block_tile.cuh"
#include "cuda/integer_elements.cuh"
#include "cuda/integer_epilogue.cuh"
#include "cuda/pair_epilogue.cuh"
#include "cuda/shared_tile.cuh"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// The shape of a block's tile and of its pipeline: kStages steps of kStepBytes along k. Tiles
// that are not kAligned take matrices whose rows do not start at multiples of 16 bytes.
template <int kTileM, int kTileN, int kStepSize, int kGridM, int kGridN, int kStageCount,
          bool kTileAligned = true, int kTileABytes = 1>
struct IntegerTile : BlockShape<kTileM, kTileN, kGridM, kGridN> {
  static constexpr bool kAligned = kTileAligned;
  static constexpr int kStepBytes = kStepSize;
  static constexpr int kStages = kStageCount;
  static constexpr int kABytes = kTileABytes;  // of a for each of b
  static constexpr int kBOffset = kTileM * kStepSize * kABytes;
  static constexpr int kStageBytes = kBOffset + kTileN * kStepSize;
  static constexpr int kSharedBytes = kStages * kStageBytes;
  static_assert(kSharedBytes <= (kABytes == 1 ? kMaxSharedBytes : kMaxSharedBytes90),
                "the tile must fit the smallest device that it is for");

  using ALayout = SwizzledLayout<kStepSize * kABytes>;
  using BLayout = SwizzledLayout<kStepSize>;
  using ALoader =
      TileLoader<kTileM, kStepSize * kABytes / kChunkBytes, IntegerTile::kThreads, ALayout>;
  using BLoader = TileLoader<kTileN, kStepSize / kChunkBytes, IntegerTile::kThreads, BLayout>;
};

// A warp's sums, and the fragments of the two blocks of 32 bytes that it multiplies and fetches.
template <class Elements, class Tile>
struct IntegerWarpTile {
  static constexpr bool kHasZero = Elements::kHasZero;
  static constexpr int kBlocks = Tile::kStepBytes / kBlockBytes;

  int32_t sums[Tile::kFragmentsM][Tile::kFragmentsN][4] = {};
  // Of each column of b: with them sum (a - zero) b = sum a b - zero sum b. At first this lane's
  // part of column lane / 4 of each fragment.
  int32_t column_sums[kHasZero ? Tile::kFragmentsN : 1] = {};

  __device__ explicit IntegerWarpTile(uint32_t stages) : stages_(stages) {}

  __device__ __forceinline__ void fetch(int stage, int block) {
    const uint32_t a = stages_ + stage * Tile::kStageBytes;
#pragma unroll
    for (int i = 0; i < Tile::kFragmentsM; ++i) a_reader_.load(a_[block % 2][i], a, i, block);
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN / 2; ++j) {
      b_reader_.load(b_[block % 2][j], a + Tile::kBOffset, j, block);
    }
  }

  __device__ __forceinline__ void multiply(int block) {
#pragma unroll
    for (int part = 0; part < Elements::kParts; ++part) multiply(block, part);
    if constexpr (kHasZero) {
#pragma unroll
      for (int j = 0; j < Tile::kFragmentsN; ++j) {
        const uint32_t(&b)[4] = b_[block % 2][j / 2];
        column_sums[j] = sum_bytes(b[j % 2 * 2 + 1], sum_bytes(b[j % 2 * 2], column_sums[j]));
      }
    }
  }

  // The sums of the two columns of fragment j that this thread's results lie in.
  __device__ __forceinline__ int2 columns_of_results(int j) const {
    if constexpr (!kHasZero) return int2{0, 0};
    int32_t sum = column_sums[kHasZero ? j : 0];
    sum += __shfl_xor_sync(0xffffffffu, sum, 1);
    sum += __shfl_xor_sync(0xffffffffu, sum, 2);
    const int t = threadIdx.x % 4;
    return int2{__shfl_sync(0xffffffffu, sum, 8 * t), __shfl_sync(0xffffffffu, sum, 8 * t + 4)};
  }

 private:
  __device__ __forceinline__ void multiply(int block, int part) {
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const uint32_t b0 = Elements::operand(b_[block % 2][j / 2][j % 2 * 2], part);
      const uint32_t b1 = Elements::operand(b_[block % 2][j / 2][j % 2 * 2 + 1], part);
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) {
        const uint32_t(&a)[4] = a_[block % 2][i];
        Elements::multiply(sums[i][j],
                           {Elements::operand(a[0], part), Elements::operand(a[1], part),
                            Elements::operand(a[2], part), Elements::operand(a[3], part)},
                           b0, b1);
      }
    }
  }

  // sum + the four int8 of a word.
  static __device__ __forceinline__ int32_t sum_bytes(uint32_t word, int32_t sum) {
    return __dp4a(static_cast<int32_t>(word), 0x01010101, sum);
  }

  uint32_t stages_;
  FragmentReader<typename Tile::ALayout> a_reader_ =
      FragmentReader<typename Tile::ALayout>::of_a(ThreadPlace<Tile>().warp_m);
  FragmentReader<typename Tile::BLayout> b_reader_ =
      FragmentReader<typename Tile::BLayout>::of_b(ThreadPlace<Tile>().warp_n);
  uint32_t a_[2][Tile::kFragmentsM][4];
  uint32_t b_[2][Tile::kFragmentsN / 2][4];
};

// The same where a is widened: each block of b has two of a, one after the other.
template <bool kAIsWithin7, class Tile>
struct IntegerWarpTile<Int4WideA<kAIsWithin7>, Tile> {
  using Elements = Int4WideA<kAIsWithin7>;
  static constexpr int kBlocks = 2 * Tile::kStepBytes / kBlockBytes;  // of a

  int32_t sums[Tile::kFragmentsM][Tile::kFragmentsN][4] = {};

  __device__ explicit IntegerWarpTile(uint32_t stages) : stages_(stages) {}

  __device__ __forceinline__ void fetch(int stage, int block) {
    const uint32_t a = stages_ + stage * Tile::kStageBytes;
#pragma unroll
    for (int i = 0; i < Tile::kFragmentsM; ++i) a_reader_.load(a_[block % 2][i], a, i, block);
    if (block % 2 == 1) return;
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN / 2; ++j) {
      b_reader_.load(b_[block / 2 % 2][j], a + Tile::kBOffset, j, block / 2);
    }
  }

  __device__ __forceinline__ void multiply(int block) {
#pragma unroll
    for (int j = 0; j < Tile::kFragmentsN; ++j) {
      const uint32_t(&words)[4] = b_[block / 2 % 2][j / 2];
      const uint32_t w0 = words[j % 2 * 2], w1 = words[j % 2 * 2 + 1];
      const uint32_t b0 = block % 2 == 0 ? Elements::odd(w0) : Elements::even(w0);
      const uint32_t b1 = block % 2 == 0 ? Elements::odd(w1) : Elements::even(w1);
#pragma unroll
      for (int i = 0; i < Tile::kFragmentsM; ++i) {
        ptx::mma_int8_unsigned(sums[i][j], a_[block % 2][i], b0, b1);
      }
    }
  }

  __device__ __forceinline__ int2 columns_of_results(int) const { return int2{0, 0}; }

 private:
  static_assert(kBlocks % 4 == 0, "two blocks of b, each in its own registers");
  uint32_t stages_;
  FragmentReader<typename Tile::ALayout> a_reader_ =
      FragmentReader<typename Tile::ALayout>::of_a(ThreadPlace<Tile>().warp_m);
  FragmentReader<typename Tile::BLayout> b_reader_ =
      FragmentReader<typename Tile::BLayout>::of_b(ThreadPlace<Tile>().warp_n);
  uint32_t a_[2][Tile::kFragmentsM][4];
  uint32_t b_[2][Tile::kFragmentsN / 2][4];
};

// Where a warp's sums go: to y through the epilogue, or to `partials` [m, n].
template <class Elements, class Tile>
__device__ __forceinline__ void store_sums(const IntegerWarpTile<Elements, Tile>& warp_tile,
                                           const MatmulInt8Args& args, int32_t* partials,
                                           int absent_words, const TileOrigin& origin,
                                           const ThreadPlace<Tile>& place) {
  constexpr int kRows = 2 * Tile::kFragmentsM;
  IntegerRow rows[kRows];
#pragma unroll
  for (int i = 0; i < kRows; ++i) {
    rows[i] = IntegerRow(args, min(origin.m + place.row() + 8 * i, args.m - 1));
  }
  int2 column_sums[Tile::kFragmentsN];
#pragma unroll
  for (int j = 0; j < Tile::kFragmentsN; ++j) column_sums[j] = warp_tile.columns_of_results(j);
  const auto sums_of = [&](int i, int j) {
    const int32_t(&sums)[4] = warp_tile.sums[i / 2][j];
    const int32_t first = sums[i % 2 * 2], second = sums[i % 2 * 2 + 1];
    return int2{Elements::tile_sum_of(first, absent_words, rows[i], column_sums[j].x),
                Elements::tile_sum_of(second, absent_words, rows[i], column_sums[j].y)};
  };
  if (partials) return store_pairs(partials, args.m, args.n, origin, place, sums_of);

  float2 scales[Tile::kFragmentsN];
  float2 bias[Tile::kFragmentsN];
#pragma unroll
  for (int j = 0; j < Tile::kFragmentsN; ++j) {
    const int64_t n = min(origin.n + place.column() + 8 * j, args.n - 1);
    const bool has_second = n + 1 < args.n;
    scales[j] = float2{column_scale(args, n), column_scale(args, n + has_second)};
    bias[j] = PairEpilogue::bias(args.bias, n, has_second);
  }
  const PairEpilogue epilogue(args.activation);
  store_pairs(args.y, args.m, args.n, origin, place, [&](int i, int j) {
    const int2 sums = sums_of(i, j);
    return epilogue(scaled(sums.x, rows[i], scales[j].x), scaled(sums.y, rows[i], scales[j].y),
                    bias[j]);
  });
}

// Block (tile, split) computes steps split * steps_per_split ... of its tile.
template <class Elements, class Tile>
__device__ __forceinline__ void multiply_tile(const MatmulInt8Args& args, int32_t* partials,
                                              int steps_per_split) {
  const uint32_t stages = ptx::shared_address(dynamic_shared_memory());
  const TileOrigin origin = block_origin<Tile>(args.m, args.n);
  const ThreadPlace<Tile> place;

  const auto thread = static_cast<int>(threadIdx.x);

  const int64_t row_bytes = args.words * 4;  // of b
  const int64_t first = int64_t{blockIdx.y} * steps_per_split * Tile::kStepBytes;
  const int64_t end = min(row_bytes, first + int64_t{steps_per_split} * Tile::kStepBytes);
  // A widened row is of whole blocks.
  const int64_t a_row_bytes =
      Tile::kABytes == 1 ? row_bytes : Tile::kABytes * round_up(row_bytes, kBlockBytes);
  typename Tile::ALoader a({args.a, args.m, a_row_bytes}, origin.m, first * Tile::kABytes, thread);
  typename Tile::BLoader b({args.b, args.n, row_bytes}, origin.n, first, thread);

  IntegerWarpTile<Elements, Tile> warp_tile(stages);
  auto words_left = static_cast<int>((end - first) / 4);
  const auto load = [&](int stage) {
    const uint32_t address = stages + stage * Tile::kStageBytes;
    a.template load_next<Tile::kAligned>(
        address, Tile::kABytes == 1 ? words_left
                                    : Tile::kABytes * static_cast<int>(round_up(words_left, 8)));
    b.template load_next<Tile::kAligned>(address + Tile::kBOffset, words_left);
    words_left -= Tile::kStepBytes / 4;
  };
  start_pipeline<Tile::kStages>(load);
  const auto steps = static_cast<int>(ceil_div(end - first, Tile::kStepBytes));
  run_block_pipeline<Tile::kStages, warp_tile.kBlocks>(steps, load, warp_tile);
  const int absent_words = (steps * Tile::kStepBytes - static_cast<int>(end - first)) / 4;

  if (partials) partials += blockIdx.y * args.m * args.n;
  store_sums(warp_tile, args, partials, absent_words, origin, place);
}

template <class Elements, class Tile>
__global__ __launch_bounds__(Tile::kThreads, Tile::kResidentBlocks) void matmul_integers_kernel(
    MatmulInt8Args args, int32_t* partials, int steps_per_split) {
  if constexpr (kIsForDevice<Elements>) {
    multiply_tile<Elements, Tile>(args, partials, steps_per_split);
  }
}

}  // namespace qutlass::cuda
