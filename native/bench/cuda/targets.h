// The targets of the CUDA kernels' speed, each with what a run measured.
#pragma once

#include "ceilings.h"
#include "measurement.h"

namespace qutlass::bench {

// Prints a line for each target: whether it is met, its worst figure and where that is. Targets for
// layers are about the whole layers of Qwen3-8B and Llama-3.3-70B; what the run left out counts as
// not measured.
void print_targets(const Measurements& all, const Ceilings& ceilings);

}  // namespace qutlass::bench
