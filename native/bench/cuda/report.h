// What a measurement says: a row of the table and a JSON line.
#pragma once

#include <string>

#include "providers.h"

namespace qutlass::bench {

struct Measurement {
  const Provider& provider;
  const Layer& layer;
  int64_t m;
  bool cold;
  Microseconds us;
  double max_relative_error;
};

void print_heading(const Layer& layer, int64_t m, bool cold);

// `float32_us` is what cuBLAS takes in float32.
void print_row(const Measurement& measurement, double float32_us);

std::string json_line(const Measurement& measurement, const std::string& cublas_version);

}  // namespace qutlass::bench
