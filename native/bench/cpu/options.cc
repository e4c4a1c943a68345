#include "options.h"

#include <algorithm>
#include <cstdlib>

#include "bench/split_list.h"

namespace qutlass::bench {
namespace {

std::vector<int64_t> numbers_of(const std::string& list) {
  std::vector<int64_t> numbers;
  for (const std::string& part : split_list(list)) {
    numbers.push_back(std::strtoll(part.c_str(), nullptr, 10));
  }
  return numbers;
}

bool all_positive(const std::vector<int64_t>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](int64_t number) { return number > 0; });
}

bool parse_sizes(const std::string& value, std::vector<int64_t>& sizes) {
  sizes = numbers_of(value);
  return all_positive(sizes);
}

bool parse_size(const std::string& value, int64_t& size) {
  const std::vector<int64_t> numbers = numbers_of(value);
  size = numbers[0];
  return numbers.size() == 1 && size > 0;
}

bool parse_inputs(const std::string& value, std::string& inputs) {
  inputs = value;
  return value == "uniform" || value == "normal" || value == "gelu";
}

bool parse_value(const std::string& name, const std::string& value, Options& options) {
  if (name == "--n") return parse_size(value, options.n);
  if (name == "--k") return parse_size(value, options.k);
  if (name == "--m") return parse_sizes(value, options.m);
  if (name == "--threads") return parse_sizes(value, options.threads);
  if (name == "--inputs") return parse_inputs(value, options.inputs);
  if (name != "--op") return false;
  options.ops = split_list(value);
  return true;
}

bool parse_argument(const std::string& argument, Options& options) {
  if (argument == "--cold") {
    options.cold = true;
    return true;
  }
  const size_t equals = std::min(argument.find('='), argument.size() - 1);
  return parse_value(argument.substr(0, equals), argument.substr(equals + 1), options);
}

}  // namespace

bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; ++i) {
    if (!parse_argument(arguments[i], options)) return false;
  }
  return true;
}

}  // namespace qutlass::bench
