// Products with int4 weights, as their tests need them: random operands, on the device too, and
// what the contract says of each result.
#pragma once

#include "harness.h"

namespace qutlass::test {

struct Int4Problem {
  int64_t m, n, k, group_size;
  std::vector<float> x, scales, bias, row_scale;
  std::vector<int32_t> w, zeros;
  bool has_zeros, has_bias, has_row_scale;
  Activation activation;

  Int4Problem(Random& random, int64_t rows, int64_t columns, int64_t depth, int64_t group)
      : m(rows), n(columns), k(depth), group_size(group) {
    const int64_t groups = n * group_count(k, group_size);
    x = random_floats(random, m * k, -2.0f, 2.0f);
    w = random_words(random, n * int4_words(k));  // tails too: they must not count
    scales = random_floats(random, groups, 1e-3f, 1e-1f);
    zeros = random_integers(random, groups, 0, 15);
    bias = random_floats(random, n, -3.0f, 3.0f);
    row_scale = random_floats(random, m, 1e-2f, 2.0f);
    has_zeros = random.chance(0.5);
    has_bias = random.chance(0.5);
    has_row_scale = random.chance(0.5);
    activation = kActivations[random.integer(0, 2)];
  }

  // The weights, the bias and the sizes, for any op that has them.
  template <typename Args>
  Args host_weights() const {
    Args args{};
    args.w = w.data();
    args.scales = scales.data();
    args.zeros = has_zeros ? zeros.data() : nullptr;
    args.bias = has_bias ? bias.data() : nullptr;
    args.m = m;
    args.n = n;
    args.k = k;
    args.group_size = group_size;
    args.activation = activation;
    return args;
  }

  MatmulInt4Args host_args() const {
    auto args = host_weights<MatmulInt4Args>();
    args.x = x.data();
    args.row_scale = has_row_scale ? row_scale.data() : nullptr;
    return args;
  }

  void describe(const std::string& configuration) const {
    context() = format(
        "m %d, n %d, k %d, group size %d, zeros %d, bias %d, row scale %d, activation %d, %s",
        static_cast<int>(m), static_cast<int>(n), static_cast<int>(k), static_cast<int>(group_size),
        has_zeros, has_bias, has_row_scale, static_cast<int>(activation), configuration.c_str());
  }

  // What the product chooses from, with weights `shift` words past an address that is a multiple of
  // 16.
  const cuda::TileMenu& menu(int64_t shift) const {
    MatmulInt4Args args = host_args();
    args.w = address_of_words(shift);
    return cuda::menu_for(args);
  }
};

// The weights of a problem on the device, `shift` words displaced: rows that do not start at
// multiples of 16 bytes.
class DeviceInt4Weights {
 public:
  DeviceInt4Weights(const Int4Problem& problem, int64_t shift)
      : w_(problem.w, shift), zeros_(problem.zeros), scales_(problem.scales), bias_(problem.bias) {}

  // In place of those on the host.
  template <typename Args>
  void give_to(Args& args) {
    args.w = w_.data();
    args.scales = scales_.data();
    if (args.zeros) args.zeros = zeros_.data();
    if (args.bias) args.bias = bias_.data();
  }

 private:
  DeviceBuffer<int32_t> w_, zeros_;
  DeviceBuffer<float> scales_, bias_;
};

// All of `y` against the contract.
inline void check_int4_product(const MatmulInt4Args& args, const std::vector<float>& y) {
  for (int64_t m = 0; m < args.m; ++m) {
    for (int64_t n = 0; n < args.n; ++n) {
      const reference::Int4Element want = reference::matmul_int4_at(args, m, n);
      const float got = y[m * args.n + n];
      if (!CHECK(reference::is_close(got, want), "y[%d,%d] is %s, expected %.9g within %.3g",
                 static_cast<int>(m), static_cast<int>(n), shown(got).c_str(), want.value,
                 want.tolerance)) {
        return;
      }
    }
  }
}

inline int64_t random_group_size(Random& random, int64_t k) {
  if (random.chance(0.3)) return std::max<int64_t>(k, 1);
  return random.chance(0.5) ? 32 * random.integer(1, 4) : 8 * random.integer(1, 20);
}

}  // namespace qutlass::test
