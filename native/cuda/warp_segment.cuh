// How the lanes of a warp hold 128 consecutive values of a row, four values a lane, and how the
// lanes come by the segment's 32 packed words, lane l by word l.
//
// In both classes `word` is the lane's word of the row, `x` the row and `k` its length; values
// beyond the row are 0.
#pragma once

#include "cuda/device.h"
#include "cuda/ptx.cuh"
#include "cuda/vector.cuh"
#include "qutlass/layout.h"

namespace qutlass::cuda {

constexpr uint32_t kSegmentValues = kWarpSize * kInt8PerWord;

__device__ __forceinline__ uint32_t lane_index() { return threadIdx.x % kWarpSize; }

// The same where the compiler shall not keep what follows from it in registers for later, but
// compute it again.
__device__ __forceinline__ uint32_t fresh_lane_index() { return ptx::opaque(lane_index()); }

// Lane l holds values 4l ... 4l+3: one 16-byte load, of rows that begin at a multiple of 16 bytes.
struct AlignedSegment {
  static __device__ __forceinline__ void load(float (&values)[4], const float* x, uint32_t word,
                                              uint32_t k) {
    const uint32_t first = word * kInt8PerWord;
    load_aligned_4(values, x + first, static_cast<int>(k - first));
  }

  static __device__ __forceinline__ uint32_t word_of_lane(uint32_t bytes) { return bytes; }
};

// Lane l holds values l, l+32, l+64 and l+96: loads of consecutive addresses wherever the row
// begins.
struct UnalignedSegment {
  static __device__ __forceinline__ void load(float (&values)[4], const float* x, uint32_t word,
                                              uint32_t k) {
    const uint32_t segment = (word - lane_index()) * kInt8PerWord;
    const float* source = x + segment + lane_index();
    if (segment + kSegmentValues <= k) {
#pragma unroll
      for (int i = 0; i < 4; ++i) values[i] = __ldg(source + i * kWarpSize);
    } else {
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const bool is_in_row = segment + lane_index() + i * kWarpSize < k;
        values[i] = is_in_row ? __ldg(source + i * kWarpSize) : 0.0f;
      }
    }
  }

  // Value v is byte v / 32 of lane v % 32, and becomes byte v % 4 of lane v / 4.
  static __device__ __forceinline__ uint32_t word_of_lane(uint32_t bytes) {
    constexpr unsigned kAllLanes = 0xffffffffu;
    const int source_lane = static_cast<int>(lane_index() % 8 * 4);
    const uint32_t source_byte = lane_index() / 8;
    const uint32_t of_two_words = source_byte | (source_byte + 4) << 4;  // for __byte_perm
    uint32_t pairs[2];
#pragma unroll
    for (int i = 0; i < 2; ++i) {
      const uint32_t low = __shfl_sync(kAllLanes, bytes, source_lane + 2 * i);
      const uint32_t high = __shfl_sync(kAllLanes, bytes, source_lane + 2 * i + 1);
      pairs[i] = __byte_perm(low, high, of_two_words);
    }
    return __byte_perm(pairs[0], pairs[1], 0x5410);
  }
};

}  // namespace qutlass::cuda
