// quantize_int8: one block a row.
#include "cuda/device.h"
#include "cuda/launch.h"
#include "cuda/quantize_row.cuh"

namespace qutlass::cuda {

namespace {

__global__ __launch_bounds__(kQuantizeMaxThreads) void quantize_int8_kernel(QuantizeInt8Args args) {
  const QuantizedRow row{args.x + blockIdx.x * args.k, args.k};
  int32_t* words = args.values + blockIdx.x * int8_words(args.k);
  const Quantizer quantizer = quantize_row(row, args.symmetric, words);
  if (threadIdx.x == 0) {
    args.scale[blockIdx.x] = quantizer.scale;
    args.zero[blockIdx.x] = quantizer.zero;
  }
}

}  // namespace

const char* quantize_int8(const QuantizeInt8Args& args, Stream stream) {
  if (args.rows == 0) return nullptr;
  constexpr int kHeldValues = kHeldWords * kInt8PerWord;
  int threads = kWarpSize;
  while (threads < kQuantizeMaxThreads && threads * kHeldValues < args.k) threads *= 2;
  quantize_int8_kernel<<<static_cast<unsigned>(args.rows), threads, 0, stream>>>(args);
  return failure("quantize_int8", cudaGetLastError());
}

}  // namespace qutlass::cuda
