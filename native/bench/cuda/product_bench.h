// Checking and timing the products of one layer.
#pragma once

#include <functional>

#include "cublas_products.h"
#include "measurement.h"

namespace qutlass::bench {

// Which providers to measure, and how.
struct ProductSelection {
  std::vector<Int4Format> int4_formats;
  std::vector<Cache> caches;
  std::string only;         // those whose names contain it; float32, the baseline, always
  bool ours_alone = false;  // no peers
  bool sweep = false;       // every configuration of ours too
};

// The selected providers of a layer, checked and then timed, for each m and kind of cache; `done`
// is called with each such table. Weights are made once for all m.
void measure_products(const Layer& layer, const std::vector<int64_t>& all_m,
                      const ProductSelection& selection, CublasProducts& cublas,
                      const std::function<void(const Measurements&)>& done);

}  // namespace qutlass::bench
