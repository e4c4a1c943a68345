#include "cublas_products.h"

namespace qutlass::bench {

void require_cublas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  std::fprintf(stderr, "qutlass_bench: %s: %s\n", what, cublasGetStatusString(status));
  std::exit(1);
}

CublasProducts::CublasProducts() : workspace_(kWorkspaceBytes) {
  require_cublas(cublasCreate(&handle_), "cublasCreate");
  require_cublas(cublasLtCreate(&lt_), "cublasLtCreate");
}

CublasProducts::~CublasProducts() {
  cublasLtDestroy(lt_);
  cublasDestroy(handle_);
}

void CublasProducts::float32(float* y, const float* x, const float* kernel, int64_t m, int64_t n,
                             int64_t k, bool tf32, cudaStream_t stream) {
  const float one = 1, zero = 0;
  require_cublas(cublasSetStream(handle_, stream), "cublasSetStream");
  require_cublas(cublasSetWorkspace(handle_, workspace_.data(), kWorkspaceBytes), "workspace");
  require_cublas(
      cublasGemmEx(handle_, CUBLAS_OP_N, CUBLAS_OP_N, static_cast<int>(n), static_cast<int>(m),
                   static_cast<int>(k), &one, kernel, CUDA_R_32F, static_cast<int>(n), x,
                   CUDA_R_32F, static_cast<int>(k), &zero, y, CUDA_R_32F, static_cast<int>(n),
                   tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
      "cublasGemmEx in float32");
}

void CublasProducts::bf16(uint16_t* y, const uint16_t* x, const uint16_t* kernel, int64_t m,
                          int64_t n, int64_t k, cudaStream_t stream) {
  const float one = 1, zero = 0;
  require_cublas(cublasSetStream(handle_, stream), "cublasSetStream");
  require_cublas(cublasSetWorkspace(handle_, workspace_.data(), kWorkspaceBytes), "workspace");
  require_cublas(
      cublasGemmEx(handle_, CUBLAS_OP_N, CUBLAS_OP_N, static_cast<int>(n), static_cast<int>(m),
                   static_cast<int>(k), &one, kernel, CUDA_R_16BF, static_cast<int>(n), x,
                   CUDA_R_16BF, static_cast<int>(k), &zero, y, CUDA_R_16BF, static_cast<int>(n),
                   CUBLAS_COMPUTE_32F, CUBLAS_GEMM_DEFAULT),
      "cublasGemmEx in bf16");
}

std::string CublasProducts::version() const {
  int version = 0;
  require_cublas(cublasGetVersion(handle_, &version), "cublasGetVersion");
  return std::to_string(version);
}

}  // namespace qutlass::bench
