// What is measured: every way to compute a layer's product.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cublas_products.h"
#include "problem.h"
#include "timing.h"

namespace qutlass::bench {

// One way to compute y = x kernel.
struct Provider {
  std::string name;
  int64_t group;         // elements of k a scale, 0 where there are no groups
  int64_t weight_bytes;  // that a call reads
  int copies;            // of the weights
  Call call;
  // y [m, n] as float32, after a call; int32 sums come scaled.
  std::function<std::vector<float>()> result;
};

// The providers for one layer and m; with `sweep` also every configuration of ours. They use the
// arguments, which must outlive them.
std::vector<Provider> make_providers(const Weights& weights, const Activations& x,
                                     CublasProducts& cublas, bool sweep);

}  // namespace qutlass::bench
