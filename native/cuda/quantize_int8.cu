// quantize_int8: a warp a row where there are many short rows, else a block a row.
#include <algorithm>

#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/quantize_row.cuh"
#include "cuda/shared_tile.cuh"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "quantize_int8";

// A warp a row: what it holds in registers, and the rows of a block.
constexpr int kWarpHeldWords = 8;
constexpr int kWarpRows = 8;

// A block a row. So many blocks share a multiprocessor that some read while others write.
constexpr int kBlockMaxThreads = 512;
constexpr int kBlocksPerMultiprocessor = 3;

constexpr int kWordBytes = sizeof(uint4);  // of the values that become a word
constexpr int kMaxParkedWords =
    (kMaxSharedBytes - sizeof(ValueRange) * kQuantizeMaxThreads / kWarpSize) / kWordBytes;

template <class Team, int kWordsPerThread>
__device__ __forceinline__ void quantize(const QuantizeInt8Args& args, int64_t row,
                                         const ParkedWords& parked) {
  const Quantizer quantizer =
      quantize_row<Team, kWordsPerThread>({args.x + row * args.k, args.k}, args.symmetric, parked,
                                          args.values + row * int8_words(args.k));
  if (Team::rank() == 0) {
    args.scale[row] = quantizer.scale;
    args.zero[row] = quantizer.zero;
  }
}

__global__ __launch_bounds__(kWarpRows* kWarpSize) void quantize_int8_by_warp(
    QuantizeInt8Args args) {
  const int64_t row = int64_t{blockIdx.x} * kWarpRows + threadIdx.x / kWarpSize;
  if (row < args.rows) quantize<WarpTeam, kWarpHeldWords>(args, row, {});
}

__global__ __launch_bounds__(
    kBlockMaxThreads, kBlocksPerMultiprocessor) void quantize_int8_by_block(QuantizeInt8Args args,
                                                                            uint32_t parked_words) {
  auto* parked = reinterpret_cast<uint4*>(dynamic_shared_memory());
  quantize<BlockTeam, kHeldWords>(args, blockIdx.x, {parked, parked_words});
}

// Fewer rows are done sooner by a block each.
bool has_many_short_rows(const QuantizeInt8Args& args) {
  return int8_words(args.k) <= kWarpHeldWords * kWarpSize &&
         args.rows >= int64_t{kWarpRows} * multiprocessor_count();
}

cudaError_t launch_by_warp(const QuantizeInt8Args& args, Stream stream) {
  const auto blocks = static_cast<unsigned>(ceil_div(args.rows, kWarpRows));
  quantize_int8_by_warp<<<blocks, kWarpRows * kWarpSize, 0, stream>>>(args);
  return cudaGetLastError();
}

// As few batches as the threads of a block can hold, all of the same size; those before the last
// are parked.
cudaError_t launch_by_block(const QuantizeInt8Args& args, Stream stream) {
  const int64_t words = std::max<int64_t>(int8_words(args.k), 1);
  const int64_t batches = ceil_div(words, kBlockMaxThreads * kHeldWords);
  const int64_t threads = round_up(ceil_div(words, batches * kHeldWords), kWarpSize);
  const int64_t before_last = (batches - 1) * threads * kHeldWords;
  const auto parked = static_cast<uint32_t>(std::min<int64_t>(before_last, kMaxParkedWords));

  constexpr int kMaxParkedBytes = kMaxParkedWords * kWordBytes;
  if (const cudaError_t error = allow_shared_memory<quantize_int8_by_block>(kMaxParkedBytes)) {
    return error;
  }
  quantize_int8_by_block<<<static_cast<unsigned>(args.rows), static_cast<unsigned>(threads),
                           parked * kWordBytes, stream>>>(args, parked);
  return cudaGetLastError();
}

}  // namespace

const char* quantize_int8(const QuantizeInt8Args& args, Stream stream) {
  if (args.rows == 0) return nullptr;
  return failure(kOp, has_many_short_rows(args) ? launch_by_warp(args, stream)
                                                : launch_by_block(args, stream));
}

}  // namespace qutlass::cuda
