// Groups of four consecutive values of a row, as one 16-byte access where the address allows it.
#pragma once

#include <cstdint>
#include <cstring>

namespace qutlass::cuda {

__device__ __forceinline__ bool is_aligned_16(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % 16 == 0;
}

// values[i] = source[i] for i < count, else 0.
template <class T>
__device__ __forceinline__ void load_4(T (&values)[4], const T* source, int64_t count) {
  static_assert(sizeof(T) == 4, "16-byte accesses");
  if (count >= 4 && is_aligned_16(source)) {
    const uint4 bits = __ldg(reinterpret_cast<const uint4*>(source));
    const uint32_t words[4] = {bits.x, bits.y, bits.z, bits.w};
    memcpy(values, words, sizeof values);
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; ++i) values[i] = i < count ? __ldg(source + i) : T{0};
}

// target[i] = values[i] for i < count.
template <class T>
__device__ __forceinline__ void store_4(T* target, const T (&values)[4], int64_t count) {
  static_assert(sizeof(T) == 4, "16-byte accesses");
  if (count >= 4 && is_aligned_16(target)) {
    uint4 bits;
    memcpy(&bits, values, sizeof bits);
    *reinterpret_cast<uint4*>(target) = bits;
    return;
  }
#pragma unroll
  for (int i = 0; i < 4; ++i) {
    if (i < count) target[i] = values[i];
  }
}

}  // namespace qutlass::cuda
