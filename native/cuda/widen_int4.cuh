// The widening of a, for the products of int4 with int4 in which each word of b shall cost as
// little as can be.
//
// A byte of b is 16 odd + even, of two nibbles as they are stored, q + 8. With a0 the int4 of a for
// the even nibble and a1 that for the odd one,
//   16 (a0 even + a1 odd) = a1 (16 odd) + (16 a0) even               where b is masked twice, or
//                         = a1 (16 odd + even) + (16 a0 - a1) even   where it is masked once,
// which holds a in -7 ... 7: both factors must be int8. That is what linear_int4 quantizes x to,
// and widens it at once; the kernel here is for any a.
#pragma once

#include "cuda/integer_launch.cuh"
#include "cuda/widened_int4.h"

namespace qutlass::cuda {

constexpr int kWidenThreads = 128;

// The two chunks of each block of a row become four: what is multiplied with the odd nibbles of b,
// then what is with the even ones. A second chunk that the row lacks is zeros. A block of threads
// takes a row.
static __global__ __launch_bounds__(kWidenThreads) void widen_int4_kernel(const uint4* a,
                                                                          uint4* widened,
                                                                          int32_t* sums,
                                                                          int chunks) {
  const int64_t row = blockIdx.x;
  const int row_chunks = 2 * (chunks + chunks % 2);  // of the result
  int32_t sum = 0;
  for (int chunk = threadIdx.x; chunk < row_chunks / 2; chunk += kWidenThreads) {
    uint32_t even[4] = {}, odd[4] = {};
    if (chunk < chunks) {
      const uint4 stored = __ldg(a + row * chunks + chunk);
      const uint32_t words[4] = {stored.x, stored.y, stored.z, stored.w};
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        const uint32_t low = words[i] & 0x0f0f0f0fu, high = words[i] >> 4 & 0x0f0f0f0fu;
        sum = __dp4a(static_cast<int32_t>(low + high), 0x01010101, sum) - 8 * kInt4PerWord;
        odd[i] = __vsub4(high, 0x08080808u);
        even[i] = (low << 4) ^ 0x80808080u;
      }
    }
    uint4* target = widened + row * row_chunks + chunk / 2 * 4 + chunk % 2;
    target[0] = uint4{odd[0], odd[1], odd[2], odd[3]};
    target[2] = uint4{even[0], even[1], even[2], even[3]};
  }
  __shared__ int32_t warps[kWidenThreads / kWarpSize];
  sum = __reduce_add_sync(0xffffffffu, sum);
  if (threadIdx.x % kWarpSize == 0) warps[threadIdx.x / kWarpSize] = sum;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (int warp = 1; warp < kWidenThreads / kWarpSize; ++warp) sum += warps[warp];
  sums[row] = sum;
}

// For the sums, see Int4WideA.
template <class Tile>
cudaError_t launch_widened_tiles(const MatmulInt8Args& args, const IntegerScratch& scratch,
                                 const TilePlan& plan, Stream stream) {
  int32_t* sums = scratch.widened + args.m * widened_words(args.words);
  widen_int4_kernel<<<static_cast<unsigned>(args.m), kWidenThreads, 0, stream>>>(
      reinterpret_cast<const uint4*>(args.a), reinterpret_cast<uint4*>(scratch.widened), sums,
      static_cast<int>(args.words / 4));
  if (const cudaError_t error = cudaGetLastError()) return error;
  MatmulInt8Args product = args;
  product.a = scratch.widened;
  product.a_zero = sums;
  return launch_tiles<Int4WideA<false>, Tile>(product, scratch, plan, stream);
}

}  // namespace qutlass::cuda
