// What one measurement is, and looking it up among all of a run.
#pragma once

#include <string>
#include <vector>

#include "providers.h"
#include "shapes.h"
#include "timing.h"

namespace qutlass::bench {

struct Measurement {
  std::string op;  // "dense", or the name of an op on rows
  std::string provider;
  Layer layer;  // n is 0 for an op on rows
  int64_t m;
  int64_t group;   // elements of k a scale, 0 where there are no groups
  bool symmetric;  // no zero points
  bool forced;     // a configuration that is not the one the op chooses
  Cache cache;
  Microseconds us;
  double operations;     // a multiply-add is two
  int64_t bytes;         // read and written at least
  int64_t weight_bytes;  // of them the weights', scales and zero points included
  int64_t packed_bytes;  // of these the packed values
  double max_relative_error;

  double tflops() const { return operations / us.median / 1e6; }
  double gbps() const { return bytes / us.median / 1e3; }
  double weight_gbps() const { return weight_bytes / us.median / 1e3; }
};

using Measurements = std::vector<Measurement>;

bool is_same_layer(const Layer& a, const Layer& b);

// That of `provider` on the layer, m and cache of `like`, or null.
const Measurement* find(const Measurements& all, const Measurement& like,
                        const std::string& provider);

// "qwen3-8b qkv M=16 hot".
std::string place_of(const Measurement& measurement);

}  // namespace qutlass::bench
