// What a measurement says: a row of a table on stderr and a JSON line on stdout.
#pragma once

#include "case.h"
#include "operands.h"
#include "timing.h"

namespace qutlass::bench {

struct Measurement {
  const Case& subject;
  Microseconds us;
  double max_relative_error;

  double tflops() const;
  double gbps() const;
};

void print_header();
void print(const Measurement& measurement, const Operands& o, bool cold);

}  // namespace qutlass::bench
