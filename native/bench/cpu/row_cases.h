// Ops on the rows of activations: a copy beside which the others can be seen, rotations,
// quantizers.
#pragma once

#include <vector>

#include "case.h"
#include "operands.h"

namespace qutlass::bench {

std::vector<Case> row_cases(Operands& o);

}  // namespace qutlass::bench
