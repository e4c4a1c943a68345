// What the cases of products share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "case.h"
#include "cpu/kernels.h"
#include "operands.h"
#include "relative_error.h"
#include "test/check.h"

namespace qutlass::bench {

// What a product reads and writes: x, y and its weights.
inline double product_bytes(const Operands& o, int64_t weight_bytes) {
  return 4.0 * o.m * o.k + 4.0 * o.m * o.n + weight_bytes;
}

// Columns of y that are compared with the reference, which is slow.
constexpr int64_t kCheckedColumns = 64;

// The greatest relative error of the first columns of the last row of y.
template <typename Args>
double error_of_integers(const Args& args, void (*reference)(const Args&)) {
  Args some = args;
  some.n = std::min(args.n, kCheckedColumns);
  std::vector<float> want(args.m * some.n);
  some.y = want.data();
  reference(some);
  double error = 0;
  for (int64_t j = 0; j < some.n; ++j) {
    const float got = args.y[(args.m - 1) * args.n + j];
    error = std::max(error, relative_error(got, want[(args.m - 1) * some.n + j]));
  }
  return error;
}

// An op whose workspace is made once; `args` are those of a call, by its number.
template <typename Args>
Case product_case(const Operands& o, const std::string& op, int64_t group, double bytes,
                  const char* (*kernel)(const Args&, void*), std::function<Args(int64_t)> args,
                  std::function<double(const Args&)> error) {
  const Args first = args(0);
  auto workspace =
      std::make_shared<test::Guarded<char>>(static_cast<int64_t>(cpu::workspace_bytes(first)));
  return {op,
          group,
          bytes,
          2.0 * o.m * o.n * o.k,
          [=](int64_t i) { return kernel(args(i), workspace->data()); },
          [=] {
            kernel(args(0), workspace->data());
            return error(args(0));
          }};
}

}  // namespace qutlass::bench
