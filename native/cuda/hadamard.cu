// hadamard: a warp takes 1024 values, whichever rows they are of, for rows are whole blocks.
#include "cuda/launch.h"
#include "cuda/rotate_row.cuh"

namespace qutlass::cuda {

namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;

// The butterflies of values in the same register of lanes whose indices differ by kLaneBit. The
// product with 1 or -1 is exact, so that the multiply-add has the bits of the addition or
// subtraction.
template <int kLaneBit>
__device__ __forceinline__ void lane_butterflies(Chunk& values) {
  const float sign = threadIdx.x & kLaneBit ? -1.0f : 1.0f;
#pragma unroll
  for (int i = 0; i < kLaneValues; ++i) {
    const float other = __shfl_xor_sync(0xffffffffu, values[i], kLaneBit);
    values[i] = __fmaf_rn(values[i], sign, other);
  }
}

// Of a chunk in which a lane has four neighbours of every 128 values.
__device__ __forceinline__ void rotate_fours(Chunk& values, const HadamardRotation& rotation) {
  butterflies<1>(values);
  butterflies<2>(values);
  lane_butterflies<1>(values);
  lane_butterflies<2>(values);
  if (rotation.block_size > 16) lane_butterflies<4>(values);
  if (rotation.block_size > 32) lane_butterflies<8>(values);
  if (rotation.block_size > 64) lane_butterflies<16>(values);
  if (rotation.block_size > 128) butterflies<4>(values);
  if (rotation.block_size > 256) butterflies<8>(values);
  if (rotation.block_size > 512) butterflies<16>(values);
#pragma unroll
  for (int i = 0; i < kLaneValues; ++i) values[i] = multiply(values[i], rotation.factor);
}

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
  rotate_fours(values, rotation);
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
