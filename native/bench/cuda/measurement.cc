#include "measurement.h"

namespace qutlass::bench {

bool is_same_layer(const Layer& a, const Layer& b) {
  return a.model == b.model && a.name == b.name && a.ways == b.ways && a.n == b.n && a.k == b.k;
}

const Measurement* find(const Measurements& all, const Measurement& like,
                        const std::string& provider) {
  for (const Measurement& other : all) {
    if (other.m == like.m && other.cache == like.cache && other.op == like.op &&
        other.provider == provider && is_same_layer(other.layer, like.layer)) {
      return &other;
    }
  }
  return nullptr;
}

std::string place_of(const Measurement& measurement) {
  return label(measurement.layer) + " M=" + std::to_string(measurement.m) + " " +
         name_of(measurement.cache);
}

}  // namespace qutlass::bench
