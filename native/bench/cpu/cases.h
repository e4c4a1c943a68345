// All that can be measured.
#pragma once

#include <vector>

#include "case.h"
#include "operands.h"
#include "options.h"

namespace qutlass::bench {

// The cases that options.ops choose, for as many threads as are set. They refer to the operands.
std::vector<Case> chosen_cases(Operands& o, const Options& options);

}  // namespace qutlass::bench
