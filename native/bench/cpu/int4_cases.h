// Products with int4 weights in groups, of rows of bf16 and of int8 values.
#pragma once

#include <vector>

#include "case.h"
#include "operands.h"

namespace qutlass::bench {

// Of weights as they are, and prepacked where this processor has such.
std::vector<Case> int4_cases(Operands& o);

}  // namespace qutlass::bench
