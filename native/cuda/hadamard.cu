// hadamard: a warp takes 1024 values, whichever rows they are of, for rows are whole blocks.
#include "cuda/launch.h"
#include "cuda/rotate_row.cuh"

namespace qutlass::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;

template <bool kAligned>
__global__ __launch_bounds__(kThreads) void hadamard_kernel(const float* x, float* y, int64_t size,
                                                            HadamardRotation rotation) {
  const int64_t chunk = int64_t{blockIdx.x} * kWarps + threadIdx.x / kWarpSize;
  const int64_t first = chunk * kChunkValues + threadIdx.x % kWarpSize * 4;
  if (chunk * kChunkValues >= size) return;
  Chunk values;
#pragma unroll
  for (int i = 0; i < kLaneValues; i += 4) {
    const int64_t at = first + i * kWarpSize;
    float four[4];
    if constexpr (kAligned) {
      load_aligned_4(four, x + at, size - at);
    } else {
      load_one_by_one(four, x + at, size - at);
    }
#pragma unroll
    for (int j = 0; j < 4; ++j) values[i + j] = four[j];
  }
  rotation.rotate<4>(values);
#pragma unroll
  for (int i = 0; i < kLaneValues; i += 4) {
    const int64_t at = first + i * kWarpSize;
    if (at >= size) continue;
    const float four[4] = {values[i], values[i + 1], values[i + 2], values[i + 3]};
    if constexpr (kAligned) {
      *reinterpret_cast<uint4*>(y + at) = as_vector(four);
    } else {
#pragma unroll
      for (int j = 0; j < 4; ++j) y[at + j] = four[j];
    }
  }
}

}  // namespace

const char* hadamard(const HadamardArgs& args, Stream stream) {
  const int64_t size = args.rows * args.k;
  if (size == 0) return nullptr;
  const HadamardRotation rotation(args.block_size);
  const auto blocks = static_cast<unsigned>(ceil_div(size, kWarps * kChunkValues));
  if (is_aligned(args.x, 16) && is_aligned(args.y, 16)) {
    hadamard_kernel<true><<<blocks, kThreads, 0, stream>>>(args.x, args.y, size, rotation);
  } else {
    hadamard_kernel<false><<<blocks, kThreads, 0, stream>>>(args.x, args.y, size, rotation);
  }
  return failure("hadamard", cudaGetLastError());
}

}  // namespace qutlass::cuda
