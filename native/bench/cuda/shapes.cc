#include "shapes.h"

#include <algorithm>
#include <cstdlib>

namespace qutlass::bench {

namespace {

// The table of DESIGN; bench/shapes.ts has the same layers for the benchmark through tfjs.
const std::vector<Layer>& table() {
  static const std::vector<Layer> layers = {
      {"square", "4096", 4096, 4096},
      {"small", "768x768", 768, 768},
      {"small", "3072x768", 3072, 768},
      {"small", "1024x1024", 1024, 1024},
      {"qwen3-8b", "qkv", 6144, 4096},
      {"qwen3-8b", "o", 4096, 4096},
      {"qwen3-8b", "gate_up", 24576, 4096},
      {"qwen3-8b", "down", 4096, 12288},
      {"llama-3.3-70b", "qkv", 10240, 8192},
      {"llama-3.3-70b", "o", 8192, 8192},
      {"llama-3.3-70b", "gate_up", 57344, 8192},
      {"llama-3.3-70b", "down", 8192, 28672},
      {"qwen3-32b", "qkv", 10240, 5120},
      {"qwen3-32b", "o", 5120, 8192},
      {"qwen3-32b", "gate_up", 51200, 5120},
      {"qwen3-32b", "down", 5120, 25600},
  };
  return layers;
}

// Whether tensor parallelism divides its inputs: those of the second layer of a pair.
bool splits_inputs(const Layer& layer) { return layer.name == "o" || layer.name == "down"; }

// A whole number over 0, or 0 where the text is none.
int64_t positive(const std::string& text) {
  char* end = nullptr;
  const long long number = std::strtoll(text.c_str(), &end, 10);
  return !text.empty() && *end == '\0' && number > 0 ? number : 0;
}

int64_t nearest_aligned(int64_t size) {
  return std::max(kAlignment, (size + kAlignment / 2) / kAlignment * kAlignment);
}

std::string size_of(int64_t n, int64_t k) { return std::to_string(n) + "x" + std::to_string(k); }

}  // namespace

std::string label(const Layer& layer) {
  const std::string name = layer.model.empty() ? layer.name : layer.model + " " + layer.name;
  return layer.ways == 1 ? name : name + " tp" + std::to_string(layer.ways);
}

std::string model_names() {
  std::string names = "all";
  const Layer* previous = nullptr;
  for (const Layer& layer : table()) {
    if (!previous || previous->model != layer.model) names += ", " + layer.model;
    previous = &layer;
  }
  return names;
}

std::vector<Layer> layers_named(const std::string& name) {
  std::vector<Layer> layers;
  for (const Layer& layer : table()) {
    if (name == "all" || name == layer.model) layers.push_back(layer);
  }
  if (!layers.empty()) return layers;
  const size_t by = name.find('x');
  if (by == std::string::npos) return {};
  const int64_t n = positive(name.substr(0, by));
  const int64_t k = positive(name.substr(by + 1));
  if (n == 0 || k == 0) return {};
  return {{"", name, n, k}};
}

bool can_split(const Layer& layer, int ways) {
  return (splits_inputs(layer) ? layer.k : layer.n) % ways == 0;
}

Layer split(const Layer& layer, int ways) {
  Layer part = layer;
  (splits_inputs(layer) ? part.k : part.n) /= ways;
  part.ways = layer.ways * ways;
  return part;
}

const std::vector<int64_t>& all_m() {
  static const std::vector<int64_t> values = {1,  2,   4,   8,   16,  24,   32,   48,   64,
                                              96, 128, 192, 256, 512, 1024, 2048, 4096, 8192};
  return values;
}

std::vector<OddShape> odd_shapes() {
  constexpr int64_t kUsual = 4096;
  constexpr int64_t kSizes[] = {1, 7, 8, 72, 4100, 4104, 4160, 11008, 50257};
  std::vector<OddShape> shapes;
  const auto add = [&](int64_t n, int64_t k) {
    const int64_t aligned_n = nearest_aligned(n), aligned_k = nearest_aligned(k);
    shapes.push_back({{"odd", size_of(n, k), n, k},
                      {"aligned", size_of(aligned_n, aligned_k), aligned_n, aligned_k}});
  };
  for (int64_t size : kSizes) {
    add(size, kUsual);
    add(kUsual, size);
  }
  add(50257, 768);
  add(4099, 4099);
  add(1, 8);
  return shapes;
}

int64_t tiled_work(const Layer& layer) {
  return std::max(layer.n, kAlignment) * std::max(layer.k, kAlignment);
}

}  // namespace qutlass::bench
