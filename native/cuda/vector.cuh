// Groups of four consecutive values of four bytes, by 16-byte accesses where the address allows it.
#pragma once

#include <cstdint>
#include <cstring>

#include "qutlass/layout.h"

namespace qutlass::cuda {

__device__ __forceinline__ bool is_aligned_16(const void* pointer) {
  return reinterpret_cast<uintptr_t>(pointer) % 16 == 0;
}

// How many values of four bytes an address lies past a multiple of 16.
QUTLASS_HOST_DEVICE inline uint32_t values_past_16_bytes(const void* pointer) {
  return static_cast<uint32_t>(reinterpret_cast<uintptr_t>(pointer) % 16 / 4);
}

template <class T>
__device__ __forceinline__ uint4 as_vector(const T (&values)[4]) {
  static_assert(sizeof(T) == 4, "16-byte accesses");
  uint4 vector;
  memcpy(&vector, values, sizeof vector);
  return vector;
}

template <class T>
__device__ __forceinline__ void from_vector(T (&values)[4], const uint4& vector) {
  static_assert(sizeof(T) == 4, "16-byte accesses");
  const uint32_t words[4] = {vector.x, vector.y, vector.z, vector.w};
  memcpy(values, words, sizeof values);
}

// values[i] = source[i] for i < count, else 0.
template <class T>
__device__ __forceinline__ void load_one_by_one(T (&values)[4], const T* source, int64_t count) {
#pragma unroll
  for (int i = 0; i < 4; ++i) values[i] = i < count ? __ldg(source + i) : T{0};
}

// The same at an address that is a multiple of 16.
template <class T>
__device__ __forceinline__ void load_aligned_4(T (&values)[4], const T* source, int64_t count) {
  if (count >= 4) {
    from_vector(values, __ldg(reinterpret_cast<const uint4*>(source)));
  } else {
    load_one_by_one(values, source, count);
  }
}

// The same at any address.
template <class T>
__device__ __forceinline__ void load_4(T (&values)[4], const T* source, int64_t count) {
  if (is_aligned_16(source)) {
    load_aligned_4(values, source, count);
  } else {
    load_one_by_one(values, source, count);
  }
}

// Values at a multiple of 16 bytes, read four at a time.
template <class T>
class AlignedValueArray {
 public:
  using Four = uint4;  // perhaps still on their way

  AlignedValueArray(const T* values, uint32_t) : values_(values) {}

  // Values first ... first + 3, with `first` a multiple of 4; those from first + count on are 0
  // instead.
  __device__ __forceinline__ Four load(uint32_t first, int count) const {
    T values[4];
    load_aligned_4(values, values_ + first, count);
    return as_vector(values);
  }

  static __device__ __forceinline__ void get(T (&values)[4], const Four& four) {
    from_vector(values, four);
  }

 private:
  const T* values_;
};

// `size` values at any address; any four of them are read by one or two 16-byte loads.
template <class T>
class ValueArray {
 public:
  // Four values, perhaps still on their way: the first of `vectors` past the first `skip`.
  struct Four {
    uint4 vectors[2];
    uint32_t skip;
  };

  ValueArray(const T* values, uint32_t size)
      : lead_(values_past_16_bytes(values)), base_(values - lead_), end_(lead_ + size) {}

  // Values first ... first + 3, of which those from first + count on are 0 instead.
  __device__ __forceinline__ Four load(uint32_t first, int count) const {
    const uint32_t begin = lead_ + first;
    const uint32_t skip = begin % 4;
    const T* vectors = base_ + (begin - skip);
    Four four{};
    if (count >= 4 && begin - skip >= lead_ && begin - skip + (skip ? 8 : 4) <= end_) {
      four.vectors[0] = __ldg(reinterpret_cast<const uint4*>(vectors));
      if (skip) four.vectors[1] = __ldg(reinterpret_cast<const uint4*>(vectors + 4));
      four.skip = skip;
    } else {
      T values[4];
      load_one_by_one(values, base_ + begin, count);
      four.vectors[0] = as_vector(values);
    }
    return four;
  }

  static __device__ __forceinline__ void get(T (&values)[4], const Four& four) {
    uint32_t words[8];
    memcpy(words, four.vectors, sizeof words);
#pragma unroll
    for (int i = 0; i < 6; ++i) words[i] = four.skip & 1 ? words[i + 1] : words[i];
#pragma unroll
    for (int i = 0; i < 4; ++i) words[i] = four.skip & 2 ? words[i + 2] : words[i];
    memcpy(values, words, sizeof values);
  }

 private:
  uint32_t lead_;
  const T* base_;
  uint32_t end_;
};

}  // namespace qutlass::cuda
