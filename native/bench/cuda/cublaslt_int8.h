// cuBLASLt's int8 product, by every algorithm that it proposes: the caller times them.
#pragma once

#include <vector>

#include "cublas_products.h"

namespace qutlass::bench {

// y [m, n] int32 = a [m, k] b [n, k]^T in int8. k is a multiple of 4: that of the packed rows.
class CublasLtInt8 {
 public:
  CublasLtInt8(const CublasProducts& cublas, int64_t m, int64_t n, int64_t k);
  ~CublasLtInt8();
  CublasLtInt8(const CublasLtInt8&) = delete;
  CublasLtInt8& operator=(const CublasLtInt8&) = delete;

  // 0 where cuBLASLt cannot compute the product.
  int algorithm_count() const { return static_cast<int>(algorithms_.size()); }

  // False where the algorithm turns out not to run.
  bool run(int algorithm, int32_t* y, const int32_t* a, const int32_t* b,
           cudaStream_t stream) const;

 private:
  const CublasProducts& cublas_;
  cublasLtMatmulDesc_t product_ = nullptr;
  cublasLtMatrixLayout_t a_ = nullptr, b_ = nullptr, y_ = nullptr;
  std::vector<cublasLtMatmulAlgo_t> algorithms_;
};

}  // namespace qutlass::bench
