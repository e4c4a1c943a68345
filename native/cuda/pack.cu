// pack_int8, pack_int4, unpack_int8, unpack_int4: one thread a packed word.
//
// Values out of range are clamped to it, and NaN becomes 0: a kernel has no way to report them.
#include "cuda/each_word.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

namespace {

__device__ __forceinline__ int32_t clamped(int32_t value, int32_t lowest, int32_t highest) {
  return min(max(value, lowest), highest);
}

__device__ __forceinline__ int32_t clamped(float value, int32_t lowest, int32_t highest) {
  const float rounded = round_half_even(value);
  if (is_nan(rounded)) return 0;
  if (rounded <= static_cast<float>(lowest)) return lowest;
  return rounded >= static_cast<float>(highest) ? highest : static_cast<int32_t>(rounded);
}

template <class T>
struct PackInt8 {
  const T* source;
  int32_t* packed;
  int64_t k;

  __device__ void operator()(int64_t row, int64_t word) const {
    const int64_t first = word * kInt8PerWord;
    T values[4];
    load_4(values, source + row * k + first, k - first);
    uint32_t bits = 0;
#pragma unroll
    for (int i = 0; i < 4; ++i) bits |= int8_in_word(clamped(values[i], -128, 127), i);
    packed[row * int8_words(k) + word] = static_cast<int32_t>(bits);
  }
};

template <class T>
struct PackInt4 {
  const T* source;
  int32_t* packed;
  int64_t k;
  int32_t offset;  // 8 for signed values

  __device__ void operator()(int64_t row, int64_t word) const {
    uint32_t bits = 0;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      const int64_t first = word * kInt4PerWord + 4 * half;
      T values[4];
      load_4(values, source + row * k + first, k - first);
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const int32_t stored = clamped(values[i], -offset, 15 - offset) + offset;
        if (first + i < k) bits |= int4_in_word(stored, 4 * half + i);
      }
    }
    packed[row * int4_words(k) + word] = static_cast<int32_t>(bits);
  }
};

struct UnpackInt8 {
  UnpackArgs args;

  __device__ void operator()(int64_t row, int64_t word) const {
    const auto bits = static_cast<uint32_t>(args.packed[row * int8_words(args.k) + word]);
    const int32_t values[4] = {int8_of(bits, 0), int8_of(bits, 1), int8_of(bits, 2),
                               int8_of(bits, 3)};
    const int64_t first = word * kInt8PerWord;
    store_4(args.integers + row * args.k + first, values, args.k - first);
  }
};

struct UnpackInt4 {
  UnpackArgs args;

  __device__ void operator()(int64_t row, int64_t word) const {
    const auto bits = static_cast<uint32_t>(args.packed[row * int4_words(args.k) + word]);
    const int32_t offset = args.is_signed ? 8 : 0;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      int32_t values[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) values[i] = int4_of(bits, 4 * half + i) - offset;
      const int64_t first = word * kInt4PerWord + 4 * half;
      store_4(args.integers + row * args.k + first, values, args.k - first);
    }
  }
};

}  // namespace

const char* pack_int8(const PackArgs& args, Stream stream) {
  const int64_t words = int8_words(args.k);
  const cudaError_t error =
      args.integers ? launch_each_word(PackInt8<int32_t>{args.integers, args.packed, args.k},
                                       args.rows, words, stream)
                    : launch_each_word(PackInt8<float>{args.floats, args.packed, args.k}, args.rows,
                                       words, stream);
  return failure("pack_int8", error);
}

const char* pack_int4(const PackArgs& args, Stream stream) {
  const int64_t words = int4_words(args.k);
  const int32_t offset = args.is_signed ? 8 : 0;
  const cudaError_t error =
      args.integers
          ? launch_each_word(PackInt4<int32_t>{args.integers, args.packed, args.k, offset},
                             args.rows, words, stream)
          : launch_each_word(PackInt4<float>{args.floats, args.packed, args.k, offset}, args.rows,
                             words, stream);
  return failure("pack_int4", error);
}

const char* unpack_int8(const UnpackArgs& args, Stream stream) {
  return failure("unpack_int8",
                 launch_each_word(UnpackInt8{args}, args.rows, int8_words(args.k), stream));
}

const char* unpack_int4(const UnpackArgs& args, Stream stream) {
  return failure("unpack_int4",
                 launch_each_word(UnpackInt4{args}, args.rows, int4_words(args.k), stream));
}

}  // namespace qutlass::cuda
