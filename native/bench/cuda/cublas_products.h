// The peers: cuBLAS's products of the same operands.
#pragma once

#include <cublasLt.h>
#include <cublas_v2.h>

#include <string>

#include "device_array.h"

namespace qutlass::bench {

class CublasProducts {
 public:
  CublasProducts();
  ~CublasProducts();
  CublasProducts(const CublasProducts&) = delete;
  CublasProducts& operator=(const CublasProducts&) = delete;

  // y [m, n] = x [m, k] kernel [k, n] in float32, or in tf32.
  void float32(float* y, const float* x, const float* kernel, int64_t m, int64_t n, int64_t k,
               bool tf32, cudaStream_t stream);
  // The same in bf16, y too.
  void bf16(uint16_t* y, const uint16_t* x, const uint16_t* kernel, int64_t m, int64_t n, int64_t k,
            cudaStream_t stream);
  // y [m, n] int32 = a [m, k] b [n, k]^T in int8. False where cuBLASLt has no algorithm.
  bool int8(int32_t* y, const int32_t* a, const int32_t* b, int64_t m, int64_t n, int64_t k,
            cudaStream_t stream);

  std::string version() const;

 private:
  cublasHandle_t handle_ = nullptr;
  cublasLtHandle_t lt_ = nullptr;
  DeviceArray<char> workspace_;
};

}  // namespace qutlass::bench
