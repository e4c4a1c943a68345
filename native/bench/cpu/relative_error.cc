#include "relative_error.h"

#include <algorithm>
#include <cmath>

namespace qutlass::bench {

double relative_error(double got, double want) {
  return std::fabs(got - want) / std::max(std::fabs(want), 1e-3);
}

}  // namespace qutlass::bench
