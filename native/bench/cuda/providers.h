// What is measured: every way to compute a layer's product.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cublas_products.h"
#include "output.h"
#include "problem.h"
#include "timing.h"

namespace qutlass::bench {

// What a product is computed in, which says how exact it must be.
enum class Arithmetic { kFloat32, kTf32, kBf16, kInt8Sums, kInt8, kInt4, kInt4Int4, kInt8Int4 };

// One way to compute y = x kernel.
struct Provider {
  std::string name;
  Arithmetic arithmetic;
  const Int4Weights* int4;  // of kInt4 and kInt8Int4 the weights, else null
  int64_t weight_bytes;     // that a call reads, with scales and zero points
  int64_t packed_bytes;     // those of the weights alone
  Subject subject;
  bool forced = false;  // into a configuration that the op might not choose
};

constexpr char kFloat32[] = "cublas float32";
constexpr char kTf32[] = "cublas tf32";
constexpr char kBf16[] = "cublas bf16";
constexpr char kCublasLtInt8[] = "cublaslt int8";
constexpr char kInt8[] = "int8";
constexpr char kLinearInt8[] = "linear int8";
constexpr char kInt4Int4[] = "int4 int4";
constexpr char kLinearInt4[] = "linear int4";
constexpr char kLinearInt8Int4[] = "linear int8 ";  // and the weights' format

// Whether it is one of this library, not a peer.
bool is_ours(const std::string& provider);

// All of these are for one layer and m, and use their arguments, which must outlive them.

// cuBLAS in floating point.
std::vector<Provider> make_cublas_providers(const Weights& weights, const Activations& x,
                                            CublasProducts& cublas, const Output& y);

// The fastest of cuBLASLt's algorithms for int8, timed as `cache` says, or null where none runs.
std::unique_ptr<Provider> make_cublaslt_int8_provider(const Weights& weights, const Activations& x,
                                                      const CublasProducts& cublas, const Output& y,
                                                      Cache cache);

// The ops of this library.
std::vector<Provider> make_our_providers(const Weights& weights, const Activations& x,
                                         const Output& y);

// The products among them in every configuration that the environment can force.
std::vector<Provider> make_forced_providers(const Weights& weights, const Activations& x,
                                            const Output& y);

}  // namespace qutlass::bench
