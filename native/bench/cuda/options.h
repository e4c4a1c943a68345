// What to measure: the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qutlass::bench {

// A layer of n outputs and k inputs.
struct Layer {
  std::string name;
  int64_t n;
  int64_t k;
};

struct Options {
  std::vector<Layer> layers = {{"square", 4096, 4096}};
  std::vector<int64_t> m = {1, 16, 64, 128, 1024, 4096};
  std::string only;    // providers whose names contain it
  std::string out;     // where JSON lines go, if anywhere
  bool cold = false;   // weights rotate over copies larger than the last-level cache
  bool sweep = false;  // also every configuration that the environment can force
};

// Prints what is wrong, or the help that was asked for, and leaves the program.
Options parse_options(int count, char** arguments);

}  // namespace qutlass::bench
