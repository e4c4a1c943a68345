#include "cublas_products.h"

namespace qutlass::bench {

namespace {

constexpr int64_t kWorkspaceBytes = int64_t{64} << 20;

void require_cublas(cublasStatus_t status, const char* what) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  std::fprintf(stderr, "qutlass_bench: %s: %s\n", what, cublasGetStatusString(status));
  std::exit(1);
}

// The description of one int8 product for cuBLASLt.
struct Int8Description {
  cublasLtMatmulDesc_t product = nullptr;
  cublasLtMatrixLayout_t a = nullptr, b = nullptr, y = nullptr;
  cublasLtMatmulPreference_t preference = nullptr;

  // cuBLAS's matrices are column major: y^T [n, m] = (b^T)^T a^T.
  Int8Description(int64_t m, int64_t n, int64_t k) {
    const cublasOperation_t transpose = CUBLAS_OP_T;
    const size_t bytes = kWorkspaceBytes;
    require_cublas(cublasLtMatmulDescCreate(&product, CUBLAS_COMPUTE_32I, CUDA_R_32I), "desc");
    require_cublas(cublasLtMatmulDescSetAttribute(product, CUBLASLT_MATMUL_DESC_TRANSA, &transpose,
                                                  sizeof transpose),
                   "transpose");
    require_cublas(cublasLtMatrixLayoutCreate(&b, CUDA_R_8I, k, n, k), "layout");
    require_cublas(cublasLtMatrixLayoutCreate(&a, CUDA_R_8I, k, m, k), "layout");
    require_cublas(cublasLtMatrixLayoutCreate(&y, CUDA_R_32I, n, m, n), "layout");
    require_cublas(cublasLtMatmulPreferenceCreate(&preference), "preference");
    require_cublas(cublasLtMatmulPreferenceSetAttribute(
                       preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &bytes, sizeof bytes),
                   "workspace");
  }
  ~Int8Description() {
    cublasLtMatmulPreferenceDestroy(preference);
    cublasLtMatrixLayoutDestroy(y);
    cublasLtMatrixLayoutDestroy(a);
    cublasLtMatrixLayoutDestroy(b);
    cublasLtMatmulDescDestroy(product);
  }
  Int8Description(const Int8Description&) = delete;
  Int8Description& operator=(const Int8Description&) = delete;
};

}  // namespace

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

bool CublasProducts::int8(int32_t* y, const int32_t* a, const int32_t* b, int64_t m, int64_t n,
                          int64_t k, cudaStream_t stream) {
  const Int8Description described(m, n, k);
  cublasLtMatmulHeuristicResult_t found;
  int count = 0;
  const cublasStatus_t status =
      cublasLtMatmulAlgoGetHeuristic(lt_, described.product, described.b, described.a, described.y,
                                     described.y, described.preference, 1, &found, &count);
  if (status != CUBLAS_STATUS_SUCCESS || count == 0) return false;
  const int32_t one = 1, zero = 0;
  require_cublas(cublasLtMatmul(lt_, described.product, &one, b, described.b, a, described.a, &zero,
                                y, described.y, y, described.y, &found.algo, workspace_.data(),
                                kWorkspaceBytes, stream),
                 "cublasLtMatmul in int8");
  return true;
}

std::string CublasProducts::version() const {
  int version = 0;
  require_cublas(cublasGetVersion(handle_, &version), "cublasGetVersion");
  return std::to_string(version);
}

}  // namespace qutlass::bench
