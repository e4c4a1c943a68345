// The parts of a list on the command line, between commas.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

namespace qutlass::bench {

inline std::vector<std::string> split_list(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

}  // namespace qutlass::bench
