// The peers: cuBLAS's products in floating point.
#pragma once

#include <cublasLt.h>
#include <cublas_v2.h>

#include <string>

#include "device_array.h"

namespace qutlass::bench {

// Ends the program where a call of cuBLAS failed.
void require_cublas(cublasStatus_t status, const char* what);

class CublasProducts {
 public:
  static constexpr int64_t kWorkspaceBytes = int64_t{64} << 20;

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

  std::string version() const;

  cublasLtHandle_t lt() const { return lt_; }
  void* workspace() const { return workspace_.data(); }

 private:
  cublasHandle_t handle_ = nullptr;
  cublasLtHandle_t lt_ = nullptr;
  DeviceArray<char> workspace_;
};

}  // namespace qutlass::bench
