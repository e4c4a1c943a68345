// Products with int8 weights.
#pragma once

#include <vector>

#include "case.h"
#include "operands.h"

namespace qutlass::bench {

// Of weights as they are, and prepacked where this processor has such.
std::vector<Case> int8_cases(Operands& o);

}  // namespace qutlass::bench
