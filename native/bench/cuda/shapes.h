// The shapes that are measured: layers of real models, and odd ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace qutlass::bench {

// A layer of n outputs and k inputs.
struct Layer {
  std::string model;
  std::string name;
  int64_t n;
  int64_t k;
  int ways = 1;  // it is one part of so many of its model's layer (tensor parallelism)
};

std::string label(const Layer& layer);

// The names that layers_named() knows.
std::string model_names();

// The layers of a model, of every one ("all"), or one of a size such as 4096x12288 (outputs x
// inputs). Empty where `name` is none of these.
std::vector<Layer> layers_named(const std::string& name);

// What one of `ways` devices has of a layer: its outputs are divided, or its inputs where the layer
// follows one whose outputs are. `ways` must divide them.
Layer split(const Layer& layer, int ways);
bool can_split(const Layer& layer, int ways);

// M as the targets of the project have it.
const std::vector<int64_t>& all_m();

// A shape that does not fit tiles, and the one next to it that does.
struct OddShape {
  Layer odd;
  Layer aligned;
};

std::vector<OddShape> odd_shapes();

// n * k where a dimension under kAlignment counts as that: it takes up a whole tile whatever it is.
constexpr int64_t kAlignment = 128;
int64_t tiled_work(const Layer& layer);

}  // namespace qutlass::bench
