// What quantize_int8 and quantize_int4 have in common.
#pragma once

#include "cuda/quantize_row.cuh"

namespace qutlass::cuda {

struct RowsToQuantize {
  const float* x;
  int32_t* values;
  float* scale;
  int32_t* zero;  // the zero points, or where the format has them the sums; or null
  int64_t rows;
  int64_t k;
  int64_t row_words;
  bool symmetric;
  ScaleMethod method;

  __device__ __forceinline__ QuantizedRow row(int64_t index) const {
    return {x + index * k, k, symmetric, method};
  }
  __device__ __forceinline__ int32_t* words(int64_t index) const {
    return values + index * row_words;
  }
  __device__ __forceinline__ void finish(int64_t index, const Quantizer& quantizer) const {
    scale[index] = quantizer.scale;
    if (zero) zero[index] = quantizer.zero;
  }
};

}  // namespace qutlass::cuda
