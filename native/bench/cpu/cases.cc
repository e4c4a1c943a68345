#include "cases.h"

#include <algorithm>
#include <iterator>

#include "int4_cases.h"
#include "int4_int4_cases.h"
#include "int8_cases.h"
#include "peak.h"
#include "row_cases.h"

namespace qutlass::bench {
namespace {

bool is_chosen(const Case& c, const Options& options) {
  return std::any_of(options.ops.begin(), options.ops.end(),
                     [&](const std::string& op) { return c.op.find(op) != std::string::npos; });
}

}  // namespace

std::vector<Case> chosen_cases(Operands& o, const Options& options) {
  std::vector<Case> chosen;
  for (const std::vector<Case>& cases :
       {int8_cases(o), int4_cases(o), int4_int4_cases(o), row_cases(o), peak_cases()}) {
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(chosen),
                 [&](const Case& c) { return is_chosen(c, options); });
  }
  return chosen;
}

}  // namespace qutlass::bench
