// One op with its operands, to be checked and timed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace qutlass::bench {

struct Case {
  std::string op;
  int64_t group;                               // of scales; of rotations, the block size; else 0
  double bytes;                                // read and written
  double flops;                                // a multiply-add is two
  std::function<const char*(int64_t)> run;     // call number i
  std::function<double()> max_relative_error;  // of some elements of the result
};

}  // namespace qutlass::bench
