// Groups of int4 weights along k: which scale and zero point an element has.
#pragma once

#include "cuda/device.h"
#include "cuda/divisor.cuh"
#include "cuda/int4_to_bf16.cuh"
#include "qutlass/ops.h"

namespace qutlass::cuda {

// Kernels are compiled for grains: elements of k that surely share a scale. With the grain of a
// word the words of a block are multiplied one by one.
constexpr int kWordGrain = kInt4PerWord;

// Whether the elements of each grain of k share a scale. A single group does for any grain.
inline bool has_grain(const MatmulInt4Args& args, int grain) {
  return group_count(args.k, args.group_size) == 1 || args.group_size % grain == 0;
}

// The groups of a row of k elements, k under 2^31.
class Groups {
 public:
  Groups(int64_t k, int64_t group_size)
      : count_(group_count(k, group_size)),
        last_k_(static_cast<uint32_t>(k) - 1),
        // Group 0 for every element where there is no other.
        group_size_(count_ == 1 ? uint32_t{INT32_MAX} : static_cast<uint32_t>(group_size)) {}

  QUTLASS_HOST_DEVICE int64_t count() const { return count_; }

  // Beyond k the last group goes on.
  __device__ __forceinline__ int of(int k) const {
    return static_cast<int>(group_size_.quotient(min(static_cast<uint32_t>(k), last_k_)));
  }

 private:
  int64_t count_;
  uint32_t last_k_;
  Divisor group_size_;
};

}  // namespace qutlass::cuda
