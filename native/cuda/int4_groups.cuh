// Groups of int4 weights along k: which scale and zero point an element has.
#pragma once

#include "cuda/device.h"
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

// The groups of a row of k elements, k under 2^31. The group of an element comes by multiplication
// with the inverse of the group size, rounded up. (Granlund and Montgomery, Division by Invariant
// Integers using Multiplication, 1994.)
class Groups {
 public:
  Groups(int64_t k, int64_t group_size)
      : count_(group_count(k, group_size)), last_k_(static_cast<int>(k) - 1) {
    if (count_ == 1) return;  // group 0 for every element
    while ((int64_t{1} << shift_) < group_size) ++shift_;
    multiplier_ = static_cast<uint32_t>((int64_t{1} << (31 + shift_)) / group_size + 1);
  }

  QUTLASS_HOST_DEVICE int64_t count() const { return count_; }

  // Beyond k the last group goes on.
  __device__ __forceinline__ int of(int k) const {
    return static_cast<int>(__umulhi(min(k, last_k_), multiplier_) >> (shift_ - 1));
  }

 private:
  int64_t count_;
  uint32_t multiplier_ = 0;
  int shift_ = 1;
  int last_k_;
};

}  // namespace qutlass::cuda
