// What to measure: the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qutlass::bench {

struct Options {
  int64_t n = 4096, k = 4096;
  std::vector<int64_t> m = {1, 4, 16, 64, 128, 512}, threads = {1, 2};
  std::vector<std::string> ops = {""};  // only ops whose names contain one of them
  bool cold = false;
  std::string inputs = "normal";
};

// False where an argument is not known.
bool parse(int count, char** arguments, Options& options);

}  // namespace qutlass::bench
