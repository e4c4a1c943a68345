// A linear layer for one row of x in a single kernel: each block quantizes the row for itself,
// while its first pieces of the weights are on their way, and streams its rows of them past it.
#pragma once

#include "cuda/matmul_integers_stream.cuh"
#include "cuda/plain_row.cuh"
#include "cuda/rotated_row.cuh"

namespace qutlass::cuda {

// How a block quantizes the row: as it is, with abs_max,
struct PlainRowQuantizer {
  QuantizedRow row;

  __device__ __forceinline__ Quantizer operator()(int32_t* words, float*) const {
    return quantize_plain_row<BlockTeam, kPlainHeldFours>(row, {}, words);
  }
};

// the same to int4, of a row that starts at a multiple of 16 bytes,
struct PlainInt4RowQuantizer {
  QuantizedRow row;

  __device__ __forceinline__ Quantizer operator()(int32_t* words, float*) const {
    constexpr int kHeldFours = 16;  // in flight at a time: nothing else hides that they take long
    using Row = PlainInt4Row<kHeldFours>;
    const Row values{{row.x, static_cast<uint32_t>(row.k)}};
    return RowQuantization<BlockTeam, Row>(row, values, {}, nullptr).run(words);
  }
};

// or rotated, by any method.
template <class Format>
struct HadamardRowQuantizer {
  QuantizedRow row;
  GroupedHadamard rotation;

  __device__ __forceinline__ Quantizer operator()(int32_t* words, float* sums) const {
    using Row = RotatedRow<Format, GroupedHadamard, false>;
    const Row values{row.x, static_cast<uint32_t>(row.k), rotation};
    return RowQuantization<BlockTeam, Row>(row, values, {}, sums).run(words);
  }
};

// The quantized row in shared memory, up to a whole piece.
template <class Elements>
class SharedRow {
  using Ring = IntegerRing<Elements>;
  static constexpr int kChunks = kLaneChunks<Elements>;

 public:
  static QUTLASS_HOST_DEVICE int64_t words(int64_t k) {
    return round_up(ceil_div(k, Elements::kPerWord), Ring::kPieceWords);
  }
  // One piece more than the row: the last is followed by a load of the next. Then room for what its
  // quantization adds up.
  static QUTLASS_HOST_DEVICE int64_t bytes(const QuantizedRow& row) {
    const int64_t sums = row.method == ScaleMethod::kQuest ? chunk_sum_count(row.k) : 0;
    return 4 * words(row.k) + Ring::kPieceBytes + 4 * sums;
  }

  __device__ SharedRow()
      : words_(reinterpret_cast<int32_t*>(behind_sums<Ring, Elements::kStreamRowTiles>())) {}

  template <class RowQuantizer>
  __device__ __forceinline__ void fill(const RowQuantizer& quantize) {
    const int64_t k = quantize.row.k;
    const int64_t used = ceil_div(k, Elements::kPerWord);
    if (used + threadIdx.x < words(k)) words_[used + threadIdx.x] = 0;
    const Quantizer quantizer =
        quantize(words_, reinterpret_cast<float*>(words_ + words(k) + Ring::kPieceWords));
    row_.scale = quantizer.scale;
    row_.zero = quantizer.zero;
    __syncthreads();
  }

  __device__ __forceinline__ IntegerRow row(int64_t) const { return row_; }

  __device__ __forceinline__ void start(int piece) {
    constexpr int kPieceBytes = Ring::kPieceBytes;
    next_ = ptx::shared_address(words_) + piece * kPieceBytes + threadIdx.x % 4 * kPieceBytes / 4;
  }

  __device__ __forceinline__ void load_next(uint4 (&a)[1][kChunks]) {
    const bool is_row = threadIdx.x % kWarpSize < 4;
#pragma unroll
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      a[0][chunk] = is_row ? ptx::load_shared_16(next_ + kChunkBytes * chunk) : uint4{0, 0, 0, 0};
    }
    next_ += Ring::kPieceBytes;
  }

 private:
  int32_t* words_;
  IntegerRow row_;
  uint32_t next_;
};

// y[0, n]. `product` has all that is known before the quantization.
template <class Elements, class RowQuantizer, bool kAligned>
__global__ __launch_bounds__(
    kStreamMaxWarps* kWarpSize,
    kStreamResidentBlocks) void stream_linear_kernel(RowQuantizer quantize, MatmulInt8Args product,
                                                     StreamPlan plan) {
  IntegerStreamConsumer<Elements, 1, SharedRow<Elements>> consumer{SharedRow<Elements>()};
  stream_integers<Elements, 1, kAligned>(product, plan, consumer,
                                         [&] { consumer.rows.fill(quantize); });
}

// Whether the row fits beside the rings.
template <class Elements>
bool fits_stream_linear(const QuantizedRow& row) {
  return integer_stream_bytes<Elements, 1>(kStreamMaxWarps) + SharedRow<Elements>::bytes(row) +
             kScaleSharedBytes <=
         kMaxSharedBytes;
}

template <class Elements, bool kAligned, class RowQuantizer>
cudaError_t launch_stream_linear(const RowQuantizer& quantize, const MatmulInt8Args& product,
                                 Stream stream) {
  constexpr auto kernel = stream_linear_kernel<Elements, RowQuantizer, kAligned>;
  if (const cudaError_t error = allow_shared_memory<kernel>(kMaxSharedBytes)) return error;
  const auto plan = StreamPlan::of<IntegerRing<Elements>>(product.n, product.words);
  const int bytes = integer_stream_bytes<Elements, 1>(
      plan.warps, static_cast<int>(SharedRow<Elements>::bytes(quantize.row)));
  kernel<<<plan.blocks, plan.warps * kWarpSize, bytes, stream>>>(quantize, product, plan);
  return cudaGetLastError();
}

inline bool has_aligned_weights(const MatmulInt8Args& product) {
  return GlobalMatrix{product.b, product.n, product.words * 4}.rows_are_aligned();
}

}  // namespace qutlass::cuda
