// dequantize_int8, dequantize_int4: one thread a packed word.
#include "cuda/each_word.cuh"
#include "cuda/int4_groups.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

namespace {

struct DequantizeInt8 {
  DequantizeInt8Args args;

  __device__ void operator()(int64_t row, int64_t word) const {
    const auto bits = static_cast<uint32_t>(args.values[row * int8_words(args.k) + word]);
    const float scale = args.scale[row];
    const int32_t zero = args.zero ? args.zero[row] : 0;
    float x[4];
#pragma unroll
    for (int i = 0; i < 4; ++i) x[i] = multiply(static_cast<float>(int8_of(bits, i) - zero), scale);
    const int64_t first = word * kInt8PerWord;
    store_4(args.x + row * args.k + first, x, args.k - first);
  }
};

struct DequantizeInt4 {
  DequantizeInt4Args args;
  Groups groups;

  __device__ void operator()(int64_t row, int64_t word) const {
    // A word lies in one group: groups are multiples of its eight elements, or the whole row.
    const int64_t group = row * groups.count() + groups.of(static_cast<int>(word * kInt4PerWord));
    const auto bits = static_cast<uint32_t>(args.values[row * int4_words(args.k) + word]);
    const float scale = args.scales[group];
    const int32_t zero = args.zeros ? args.zeros[group] : 8;
#pragma unroll
    for (int half = 0; half < 2; ++half) {
      float x[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        x[i] = multiply(static_cast<float>(int4_of(bits, 4 * half + i) - zero), scale);
      }
      const int64_t first = word * kInt4PerWord + 4 * half;
      store_4(args.x + row * args.k + first, x, args.k - first);
    }
  }
};

}  // namespace

const char* dequantize_int8(const DequantizeInt8Args& args, Stream stream) {
  return failure("dequantize_int8",
                 launch_each_word(DequantizeInt8{args}, args.rows, int8_words(args.k), stream));
}

const char* dequantize_int4(const DequantizeInt4Args& args, Stream stream) {
  return failure("dequantize_int4",
                 launch_each_word(DequantizeInt4{args, Groups(args.k, args.group_size)}, args.rows,
                                  int4_words(args.k), stream));
}

}  // namespace qutlass::cuda
