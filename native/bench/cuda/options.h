// What to measure: the command line.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "product_bench.h"
#include "shapes.h"

namespace qutlass::bench {

struct Options {
  std::vector<Layer> layers;
  std::vector<int64_t> m = {1, 16, 64, 128, 1024, 4096};
  ProductSelection products;
  std::vector<std::string> ops;  // on rows, by name
  bool odd = false;              // odd shapes beside their aligned neighbours
  std::string out;               // where JSON lines go, if anywhere
};

// Prints what is wrong, or the help that was asked for, and leaves the program.
Options parse_options(int count, char** arguments);

}  // namespace qutlass::bench
