#include "cublaslt_int8.h"

namespace qutlass::bench {

namespace {

constexpr int kMostAlgorithms = 16;

}  // namespace

// cuBLAS's matrices are column major: y^T [n, m] = (b^T)^T a^T.
CublasLtInt8::CublasLtInt8(const CublasProducts& cublas, int64_t m, int64_t n, int64_t k)
    : cublas_(cublas) {
  const cublasOperation_t transpose = CUBLAS_OP_T;
  require_cublas(cublasLtMatmulDescCreate(&product_, CUBLAS_COMPUTE_32I, CUDA_R_32I), "product");
  require_cublas(cublasLtMatmulDescSetAttribute(product_, CUBLASLT_MATMUL_DESC_TRANSA, &transpose,
                                                sizeof transpose),
                 "transpose");
  require_cublas(cublasLtMatrixLayoutCreate(&b_, CUDA_R_8I, k, n, k), "layout");
  require_cublas(cublasLtMatrixLayoutCreate(&a_, CUDA_R_8I, k, m, k), "layout");
  require_cublas(cublasLtMatrixLayoutCreate(&y_, CUDA_R_32I, n, m, n), "layout");

  const size_t workspace_bytes = CublasProducts::kWorkspaceBytes;
  cublasLtMatmulPreference_t preference = nullptr;
  require_cublas(cublasLtMatmulPreferenceCreate(&preference), "preference");
  require_cublas(
      cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                           &workspace_bytes, sizeof workspace_bytes),
      "workspace");
  cublasLtMatmulHeuristicResult_t found[kMostAlgorithms];
  int count = 0;
  const cublasStatus_t status = cublasLtMatmulAlgoGetHeuristic(
      cublas.lt(), product_, b_, a_, y_, y_, preference, kMostAlgorithms, found, &count);
  cublasLtMatmulPreferenceDestroy(preference);
  if (status != CUBLAS_STATUS_SUCCESS) return;
  for (int i = 0; i < count; ++i) {
    if (found[i].state == CUBLAS_STATUS_SUCCESS) algorithms_.push_back(found[i].algo);
  }
}

CublasLtInt8::~CublasLtInt8() {
  cublasLtMatrixLayoutDestroy(y_);
  cublasLtMatrixLayoutDestroy(a_);
  cublasLtMatrixLayoutDestroy(b_);
  cublasLtMatmulDescDestroy(product_);
}

bool CublasLtInt8::run(int algorithm, int32_t* y, const int32_t* a, const int32_t* b,
                       cudaStream_t stream) const {
  const int32_t one = 1, zero = 0;
  return cublasLtMatmul(cublas_.lt(), product_, &one, b, b_, a, a_, &zero, y, y_, y, y_,
                        &algorithms_[algorithm], cublas_.workspace(),
                        CublasProducts::kWorkspaceBytes, stream) == CUBLAS_STATUS_SUCCESS;
}

}  // namespace qutlass::bench
