#include "options.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>

#include "bench/split_list.h"
#include "row_ops.h"

namespace qutlass::bench {

namespace {

constexpr char kHelp[] =
    "qutlass_bench [--layers=NAME,...|NxK,...] [--tp=1,2,...] [--m=1,16,...|all]\n"
    "              [--groups=32,64,128,k] [--zeros=yes|no|both] [--cache=hot|cold|both]\n"
    "              [--only=PROVIDER] [--sweep] [--odd] [--ops=NAME,...|all] [--out=FILE]\n"
    "Measures what the device can do at best; then checks and times the products of the CUDA\n"
    "kernels beside those of cuBLAS and cuBLASLt, every activation's conversion included; ends "
    "with\n"
    "the project's targets, each with what was measured.\n"
    "  --layers  models, or sizes such as 4096x12288 (outputs x inputs); one of\n"
    "            %s\n"
    "  --tp      parts into which tensor parallelism divides each layer; one of them is measured\n"
    "  --m       rows of x\n"
    "  --groups  group sizes of the int4 weights; k is one group. Without it 128\n"
    "  --zeros   int4 weights with zero points (as without this option), without, both\n"
    "  --cache   hot: the same weights over and over, as without this option. cold: weights "
    "rotate\n"
    "            over copies larger than the L2 cache. both: one after the other. --cold is short\n"
    "            for the second\n"
    "  --only    peers and providers whose names contain this, and cuBLAS in float32\n"
    "  --sweep   every tile configuration and number of splits too\n"
    "  --odd     odd shapes beside the nearest that fit tiles, hot\n"
    "  --ops     ops on rows, cold; of\n"
    "            %s\n"
    "  --out     appends a JSON line a measurement to this file\n"
    "Without --layers, --odd and --ops it measures 4096x4096.\n";

std::string joined(const std::vector<std::string>& names) {
  std::string text = "all";
  for (const std::string& name : names) text += ", " + name;
  return text;
}

void print_help(std::FILE* where) {
  std::fprintf(where, kHelp, model_names().c_str(), joined(row_op_names()).c_str());
}

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "qutlass_bench: %s\n", message.c_str());
  print_help(stderr);
  std::exit(2);
}

int64_t positive(const std::string& option, const std::string& text) {
  char* end = nullptr;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || number <= 0) {
    fail(option + " has '" + text + "', expected a positive integer");
  }
  return number;
}

std::vector<int64_t> parse_m(const std::string& value) {
  if (value == "all") return all_m();
  std::vector<int64_t> m;
  for (const std::string& part : split_list(value)) m.push_back(positive("--m", part));
  return m;
}

std::vector<Layer> parse_layers(const std::string& value) {
  std::vector<Layer> layers;
  for (const std::string& part : split_list(value)) {
    const std::vector<Layer> named = layers_named(part);
    if (named.empty()) {
      fail("--layers has '" + part + "', expected a size such as 4096x4096 or one of " +
           model_names());
    }
    layers.insert(layers.end(), named.begin(), named.end());
  }
  return layers;
}

// Every layer divided in each of these ways.
std::vector<Layer> parse_splits(const std::string& value, const std::vector<Layer>& layers) {
  std::vector<Layer> parts;
  for (const std::string& part : split_list(value)) {
    const int ways = static_cast<int>(positive("--tp", part));
    for (const Layer& layer : layers) {
      if (!can_split(layer, ways)) {
        fail("--tp=" + part + " does not divide the layer " + label(layer));
      }
      parts.push_back(split(layer, ways));
    }
  }
  return parts;
}

// Group sizes, and whether there are zero points.
std::vector<Int4Format> parse_formats(const std::string& groups, const std::string& zeros) {
  if (zeros != "yes" && zeros != "no" && zeros != "both") {
    fail("--zeros is '" + zeros + "', expected yes, no or both");
  }
  std::vector<Int4Format> formats;
  for (const std::string& part : split_list(groups)) {
    const int64_t size = part == "k" ? 0 : positive("--groups", part);
    if (size % 8 != 0) fail("--groups has '" + part + "', expected k or multiples of 8");
    if (zeros != "no") formats.push_back({size, true});
    if (zeros != "yes") formats.push_back({size, false});
  }
  return formats;
}

std::vector<Cache> parse_caches(const std::string& value) {
  if (value == "hot") return {Cache::kHot};
  if (value == "cold") return {Cache::kCold};
  if (value == "both") return {Cache::kHot, Cache::kCold};
  fail("--cache is '" + value + "', expected hot, cold or both");
}

std::vector<std::string> parse_ops(const std::string& value) {
  const std::vector<std::string> known = row_op_names();
  if (value == "all") return known;
  const std::vector<std::string> names = split_list(value);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      fail("--ops has '" + name + "', expected some of " + joined(known));
    }
  }
  return names;
}

}  // namespace

Options parse_options(int count, char** arguments) {
  Options options;
  std::string layers, splits = "1", groups = "128", zeros = "yes";
  const std::map<std::string, std::function<void(const std::string&)>> with_value = {
      {"--layers", [&](const std::string& value) { layers = value; }},
      {"--tp", [&](const std::string& value) { splits = value; }},
      {"--m", [&](const std::string& value) { options.m = parse_m(value); }},
      {"--groups", [&](const std::string& value) { groups = value; }},
      {"--zeros", [&](const std::string& value) { zeros = value; }},
      {"--cache", [&](const std::string& value) { options.products.caches = parse_caches(value); }},
      {"--only", [&](const std::string& value) { options.products.only = value; }},
      {"--ops", [&](const std::string& value) { options.ops = parse_ops(value); }},
      {"--out", [&](const std::string& value) { options.out = value; }}};
  const std::map<std::string, std::function<void()>> alone = {
      {"--help", [] { print_help(stdout), std::exit(0); }},
      {"--cold", [&] { options.products.caches = {Cache::kCold}; }},
      {"--sweep", [&] { options.products.sweep = true; }},
      {"--odd", [&] { options.odd = true; }}};
  options.products.caches = {Cache::kHot};
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (equals == std::string::npos && alone.count(name)) {
      alone.at(name)();
    } else if (equals != std::string::npos && with_value.count(name)) {
      with_value.at(name)(argument.substr(equals + 1));
    } else {
      fail("'" + argument + "' is no option");
    }
  }
  if (layers.empty() && !options.odd && options.ops.empty()) layers = "4096x4096";
  if (!layers.empty()) options.layers = parse_splits(splits, parse_layers(layers));
  options.products.int4_formats = parse_formats(groups, zeros);
  return options;
}

}  // namespace qutlass::bench
