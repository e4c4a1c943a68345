#include "providers.h"

#include "cublaslt_int8.h"

namespace qutlass::bench {

namespace {

Provider cublas_float32(const Weights& weights, const Activations& x, CublasProducts& cublas,
                        const Output& y, bool tf32) {
  Call call = [=, &weights, &x, &cublas, &y](int index, cudaStream_t stream) {
    cublas.float32(y.float32(), x.float32.data(), weights.float32.of_call(index), x.m,
                   weights.layer.n, x.k, tf32, stream);
  };
  const int64_t bytes = weights.float32.bytes();
  return {tf32 ? kTf32 : kFloat32,
          tf32 ? Arithmetic::kTf32 : Arithmetic::kFloat32,
          nullptr,
          bytes,
          bytes,
          {call, weights.float32.copies()}};
}

Provider cublas_bf16(const Weights& weights, const Activations& x, CublasProducts& cublas,
                     const Output& y) {
  Call call = [&](int index, cudaStream_t stream) {
    cublas.bf16(y.bf16(), x.bf16.data(), weights.bf16.of_call(index), x.m, weights.layer.n, x.k,
                stream);
  };
  const int64_t bytes = weights.bf16.bytes();
  return {kBf16, Arithmetic::kBf16, nullptr, bytes, bytes, {call, weights.bf16.copies()}};
}

// One algorithm of cuBLASLt's.
Subject with_algorithm(const std::shared_ptr<CublasLtInt8>& product, int algorithm,
                       const Weights& weights, const Activations& x, const Output& y) {
  Call call = [=, &weights, &x, &y](int index, cudaStream_t stream) {
    if (product->run(algorithm, y.int32(), x.int8.data(), weights.int8.of_call(index), stream)) {
      return;
    }
    require("cublaslt int8: the chosen algorithm does not run");
  };
  return {call, weights.int8.copies()};
}

}  // namespace

bool is_ours(const std::string& provider) { return provider.find("cublas") != 0; }

std::vector<Provider> make_cublas_providers(const Weights& weights, const Activations& x,
                                            CublasProducts& cublas, const Output& y) {
  return {cublas_float32(weights, x, cublas, y, false), cublas_float32(weights, x, cublas, y, true),
          cublas_bf16(weights, x, cublas, y)};
}

std::unique_ptr<Provider> make_cublaslt_int8_provider(const Weights& weights, const Activations& x,
                                                      const CublasProducts& cublas, const Output& y,
                                                      Cache cache) {
  const auto product =
      std::make_shared<CublasLtInt8>(cublas, x.m, weights.layer.n, kInt8PerWord * int8_words(x.k));
  std::unique_ptr<Provider> fastest;
  double least_us = 0;
  for (int algorithm = 0; algorithm < product->algorithm_count(); ++algorithm) {
    if (!product->run(algorithm, y.int32(), x.int8.data(), weights.int8.data(), nullptr)) continue;
    require(cudaDeviceSynchronize(), kCublasLtInt8);
    const Subject subject = with_algorithm(product, algorithm, weights, x, y);
    const double us = least_time(subject, cache);
    if (fastest && us >= least_us) continue;
    least_us = us;
    fastest.reset(new Provider{kCublasLtInt8, Arithmetic::kInt8Sums, nullptr, weights.int8.bytes(),
                               weights.int8.bytes(), subject});
  }
  return fastest;
}

}  // namespace qutlass::bench
