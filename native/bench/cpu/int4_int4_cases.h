// Products of two int4 operands.
#pragma once

#include <vector>

#include "case.h"
#include "operands.h"

namespace qutlass::bench {

std::vector<Case> int4_int4_cases(Operands& o);

}  // namespace qutlass::bench
