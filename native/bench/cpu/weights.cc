#include "weights.h"

namespace qutlass::bench {

bool Weights::can_be_prepacked() const { return prepacked_size(n, words) > 0; }

const int32_t* Weights::copy(int64_t i) const { return copies[i % copies.size()].data(); }

const int32_t* Weights::prepacked_copy(int64_t i) {
  prepacked.resize(copies.size());
  std::vector<int32_t>& packed = prepacked[i % copies.size()];
  if (packed.empty()) {
    packed.resize(prepacked_size(n, words));
    prepack({copy(i), packed.data(), n, words});
  }
  return packed.data();
}

const int32_t* Weights::at(int64_t i, bool is_prepacked) {
  return is_prepacked ? prepacked_copy(i) : copy(i);
}

}  // namespace qutlass::bench
