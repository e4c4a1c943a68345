#include "cpu/quantized_rows.h"

namespace qutlass::cpu {
namespace {

// Adds pairs of adjacent values up until one is left.
float tree_sum(float* values, int64_t count) {
  for (; count > 1; count = divide_up(count, 2)) {
    if (count % 2 != 0) values[count] = 0.0f;
    for (int64_t i = 0; i < divide_up(count, 2); ++i) values[i] = values[2 * i] + values[2 * i + 1];
  }
  return values[0];
}

// The sum of the squares of a row as a binary tree over adjacent values, filled up with zeros.
// Whole subtrees of it are made one after the other, and joined as the carries of a counter are.
float sum_of_squares(const Isa& isa, const float* x, int64_t k) {
  constexpr int64_t kSubtree = 4096;  // values
  constexpr int kMostLevels = 32;
  float sums[kSubtree + kMaxLanes];
  float pending[kMostLevels];  // of subtrees whose right neighbour is still to come
  int64_t subtrees = 0;
  for (int64_t i = 0; i < k; i += kSubtree, ++subtrees) {
    const int64_t count = std::min(k - i, kSubtree);
    isa.sum_squares(x + i, count, sums);
    float sum = tree_sum(sums, divide_up(count, isa.sum_lanes));
    int level = 0;
    for (; (subtrees >> level & 1) != 0; ++level) sum = pending[level] + sum;
    pending[level] = sum;
  }
  float sum = 0.0f;
  for (int level = 0; subtrees >> level != 0; ++level) {
    if ((subtrees >> level & 1) != 0) sum = pending[level] + sum;
  }
  return sum;
}

}  // namespace

float symmetric_limit(const Isa& isa, const float* x, int64_t k, ScaleMethod method, float quest) {
  if (method == ScaleMethod::kAbsMax) return isa.row_magnitude(x, k);
  return quest_limit(sum_of_squares(isa, x, k), k, quest);
}

}  // namespace qutlass::cpu
