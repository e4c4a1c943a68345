// Where a little more work takes a lot more time.
#pragma once

#include "measurement.h"

namespace qutlass::bench {

// Along M, on each layer: no time exceeds that of the next smaller M by more than the ratio of
// their work and a tenth. Prints a line and what violates it.
void print_cliffs_along_m(const Measurements& all);

// Each odd shape's efficiency (tiled_work a microsecond) is at least half of that of its aligned
// neighbour. Prints a line and what violates it.
void print_odd_shapes(const Measurements& all);

}  // namespace qutlass::bench
