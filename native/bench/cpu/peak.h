// The rate of the instructions with which the chosen instruction set multiplies bytes: a loop of
// nothing else, on registers. With VNNI it is the limit of int8 products. Those of many rows may
// pass it on AVX2, where panels widen fewer sums (isa_avx2_int8_panel.h), and with AMX, whose tiles
// are not in it.
#pragma once

#include <vector>

#include "case.h"

namespace qutlass::bench {

// One case, `peak`, in which each of the threads that are set runs the loop; none where the
// instruction set has no loop.
std::vector<Case> peak_cases();

}  // namespace qutlass::bench
