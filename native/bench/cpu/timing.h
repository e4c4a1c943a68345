// Times of cases.
#pragma once

#include <vector>

#include "case.h"

namespace qutlass::bench {

// Percentiles of a call's time in microseconds.
struct Microseconds {
  double p20, median, p80;
};

// Times every case, interleaved: a round samples each of them once, so that a slow moment hits all.
std::vector<Microseconds> time_interleaved(const std::vector<Case>& cases);

}  // namespace qutlass::bench
