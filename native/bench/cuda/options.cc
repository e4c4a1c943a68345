#include "options.h"

#include <cstdio>
#include <cstdlib>

namespace qutlass::bench {

namespace {

constexpr char kHelp[] =
    "qutlass_bench [--m=1,16,...] [--layers=NAME,...|NxK,...] [--only=PROVIDER] [--cold]\n"
    "              [--sweep] [--out=FILE]\n"
    "Times the products of the CUDA kernels and of cuBLAS, after checking their results.\n"
    "  --layers  any of square, small, qwen3-8b, llama-3.3-70b, or sizes such as 4096x12288\n"
    "            (outputs x inputs)\n"
    "  --only    providers whose names contain this\n"
    "  --cold    weights rotate over copies larger than the last-level cache\n"
    "  --sweep   every tile configuration and number of splits too\n"
    "  --out     appends a JSON line a measurement to this file\n";

struct Model {
  const char* name;
  std::vector<Layer> layers;
};

const Model kModels[] = {
    {"square", {{"square", 4096, 4096}}},
    {"small", {{"768x768", 768, 768}, {"3072x768", 3072, 768}, {"1024x1024", 1024, 1024}}},
    {"qwen3-8b",
     {{"qkv", 6144, 4096}, {"o", 4096, 4096}, {"gate_up", 24576, 4096}, {"down", 4096, 12288}}},
    {"llama-3.3-70b",
     {{"qkv", 10240, 8192}, {"o", 8192, 8192}, {"gate_up", 57344, 8192}, {"down", 8192, 28672}}}};

[[noreturn]] void fail(const std::string& message) {
  std::fprintf(stderr, "qutlass_bench: %s\n%s", message.c_str(), kHelp);
  std::exit(2);
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

// A whole number over 0, or 0 where the text is none.
int64_t positive(const std::string& text) {
  char* end = nullptr;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  return !text.empty() && *end == '\0' && number > 0 ? number : 0;
}

std::vector<Layer> layers_of(const std::string& name) {
  for (const Model& model : kModels) {
    if (name == model.name) return model.layers;
  }
  const size_t by = name.find('x');
  const int64_t n = by == std::string::npos ? 0 : positive(name.substr(0, by));
  const int64_t k = n == 0 ? 0 : positive(name.substr(by + 1));
  if (k == 0) fail("--layers has '" + name + "', which is no model and no size such as 4096x4096");
  return {{name, n, k}};
}

}  // namespace

Options parse_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const size_t equals = std::min(argument.find('='), argument.size());
    const std::string name = argument.substr(0, equals);
    const std::string value = argument.substr(std::min(equals + 1, argument.size()));
    if (name == "--help") {
      std::printf("%s", kHelp);
      std::exit(0);
    } else if (name == "--m") {
      options.m.clear();
      for (const std::string& part : split(value)) {
        if (positive(part) == 0) fail("--m has '" + part + "', expected positive integers");
        options.m.push_back(positive(part));
      }
    } else if (name == "--layers") {
      options.layers.clear();
      for (const std::string& part : split(value)) {
        for (const Layer& layer : layers_of(part)) options.layers.push_back(layer);
      }
    } else if (name == "--only") {
      options.only = value;
    } else if (name == "--out") {
      options.out = value;
    } else if (argument == "--cold") {
      options.cold = true;
    } else if (argument == "--sweep") {
      options.sweep = true;
    } else {
      fail("'" + argument + "' is no option");
    }
  }
  return options;
}

}  // namespace qutlass::bench
