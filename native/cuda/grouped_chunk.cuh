// How the lanes of a warp hold a chunk whose values become words, two groups of 16 neighbours a
// lane; and Hadamard's butterflies of a chunk held so.
//
// The groups of a chunk are numbered in 6 bits. Those of a lane differ in one bit, the split bit;
// the others are the bits of the lane's index, in their order. Butterflies of values less than 16
// apart are within a group, those across the split bit within a lane. For each further stage two
// lanes exchange a group each, which moves the split bit up by one: half as many shuffles as there
// are values.
#pragma once

#include "cuda/rotate_row.cuh"
#include "cuda/warp_segment.cuh"

namespace qutlass::cuda {

constexpr int kNeighbours = 16;
constexpr int kLaneGroups = kLaneValues / kNeighbours;
constexpr int kGroupBits = 6;
constexpr int kTopSplit = kGroupBits - 1;  // consecutive lanes hold consecutive groups

__device__ __forceinline__ uint32_t group_number(uint32_t lane, int group, int split) {
  const uint32_t low = lane & ((1u << split) - 1);
  return 2 * lane - low + (static_cast<uint32_t>(group) << split);
}

// The value of the row with which a lane's group begins.
__device__ __forceinline__ uint32_t first_neighbour(uint32_t chunk, int group, int split) {
  return chunk * kChunkValues + group_number(fresh_lane_index(), group, split) * kNeighbours;
}

// Two lanes exchange a group each: those with the bit set keep the second and send the first, the
// others the reverse. That puts the bit of the lanes' indices in the place of the groups' split bit
// and the reverse.
template <class T, int kValues>
__device__ __forceinline__ void exchange_groups(T (&values)[kValues], uint32_t lane_bit) {
  const bool keeps_second = lane_index() & lane_bit;
#pragma unroll
  for (int i = 0; i < kValues / kLaneGroups; ++i) {
    T& first = values[i];
    T& second = values[kValues / kLaneGroups + i];
    const T other = __shfl_xor_sync(0xffffffffu, keeps_second ? first : second, lane_bit);
    if (keeps_second) {
      first = other;
    } else {
      second = other;
    }
  }
}

// From groups split by the top bit to groups split by the lowest one. They come to the right lanes
// if each lane takes the place of lane_before_regrouping().
__device__ __forceinline__ void regroup(Chunk& values) { exchange_groups(values, kWarpSize / 2); }

// The words of both groups, until at least so many bits of their numbers are the lanes': what lanes
// store at a time is then longer pieces. Returns the new split bit.
template <int kWords>
__device__ __forceinline__ int raise_split(uint32_t (&words)[kWords], int split, int least) {
#pragma unroll
  for (int bit = 0; bit < kTopSplit; ++bit) {
    if (bit < split || bit >= least) continue;
    exchange_groups(words, 1u << bit);
  }
  return max(split, least);
}

__device__ __forceinline__ uint32_t lane_before_regrouping() {
  return 2 * fresh_lane_index() % kWarpSize + fresh_lane_index() / (kWarpSize / 2);
}

// H / sqrt(block_size) times each block of a chunk.
class GroupedHadamard {
 public:
  explicit GroupedHadamard(const HadamardRotation& rotation) : rotation_(rotation) {
    while ((2 * kNeighbours << exchanges_) < rotation.block_size) ++exchanges_;
  }

  // Of the chunk that rotate() takes, and of the one that it leaves.
  __device__ __forceinline__ int split_before() const { return mixes_groups() ? 0 : kTopSplit; }
  __device__ __forceinline__ int split() const { return mixes_groups() ? exchanges_ : kTopSplit; }

  // The chunk begins where a block does. All lanes of the warp take part. A value that comes out as
  // 0 may have either sign.
  __device__ __forceinline__ void rotate(Chunk& values) const {
    if (rotation_.block_size == 0) return;
    if (!mixes_groups()) return rotate_with<-1>(values);
    switch (exchanges_) {
      case 0:
        return rotate_with<0>(values);
      case 1:
        return rotate_with<1>(values);
      case 2:
        return rotate_with<2>(values);
      case 3:
        return rotate_with<3>(values);
      case 4:
        return rotate_with<4>(values);
      default:
        return rotate_with<5>(values);
    }
  }

 private:
  __device__ __forceinline__ bool mixes_groups() const {
    return rotation_.block_size > kNeighbours;
  }

  // All stages without a branch, across which every value would have to be in its register. With
  // -1 exchanges groups are whole blocks.
  template <int kExchanges>
  __device__ __forceinline__ void rotate_with(Chunk& values) const {
    butterflies<1>(values);
    butterflies<2>(values);
    butterflies<4>(values);
    butterflies<8>(values);
    if constexpr (kExchanges == 0) mix_groups(values, 1.0f);
    if constexpr (kExchanges > 0) mix_groups(values, sign_of_bit(0));
    exchange<kExchanges, 0>(values);
    exchange<kExchanges, 1>(values);
    exchange<kExchanges, 2>(values);
    exchange<kExchanges, 3>(values);
    exchange<kExchanges, 4>(values);
    scale<kExchanges>(values);
  }

  // The sums and the differences of the two groups; with a sign of -1 the other way round. The
  // product with it is exact, so that the multiply-add has the bits of an addition.
  static __device__ __forceinline__ void mix_groups(Chunk& values, float sign) {
#pragma unroll
    for (int i = 0; i < kNeighbours; ++i) {
      const float first = values[i], second = values[kNeighbours + i];
      values[i] = __fmaf_rn(second, sign, first);
      values[kNeighbours + i] = __fmaf_rn(-second, sign, first);
    }
  }

  static __device__ __forceinline__ float sign_of_bit(int bit) {
    return fresh_lane_index() >> bit & 1 ? -1.0f : 1.0f;
  }

  // The stage for which the split bit moves from kBit to the next. Lanes exchange their second
  // groups, so those with the bit set have theirs the other way round. What a lane receives belongs
  // in front of what it keeps if it has the bit set: its differences have the wrong sign then.
  template <int kExchanges, int kBit>
  static __device__ __forceinline__ void exchange(Chunk& values) {
    if constexpr (kBit < kExchanges) {
#pragma unroll
      for (int i = kNeighbours; i < kLaneValues; ++i) {
        values[i] = __shfl_xor_sync(0xffffffffu, values[i], 1 << kBit);
      }
      mix_groups(values, kBit + 1 < kExchanges ? sign_of_bit(kBit + 1) : 1.0f);
    }
  }

  // Also mends the signs. The differences of exchange i came to the lanes with bit i + 1 set, those
  // of the last one are in the second groups.
  template <int kExchanges>
  __device__ __forceinline__ void scale(Chunk& values) const {
    float first_factor = rotation_.factor;
    float second_factor = rotation_.factor;
    if constexpr (kExchanges > 0) {
      const uint32_t lane = fresh_lane_index();
      constexpr uint32_t kDone = (1u << kExchanges) - 1;
      if (__popc(lane & lane >> 1 & kDone >> 1) & 1) first_factor = -first_factor;
      second_factor = lane >> (kExchanges - 1) & 1 ? -first_factor : first_factor;
    }
#pragma unroll
    for (int i = 0; i < kLaneValues; ++i) {
      values[i] = multiply(values[i], i < kNeighbours ? first_factor : second_factor);
    }
  }

  HadamardRotation rotation_;
  int exchanges_ = 0;
};

}  // namespace qutlass::cuda
