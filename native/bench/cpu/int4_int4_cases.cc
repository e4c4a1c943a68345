#include "int4_int4_cases.h"

#include "product_case.h"
#include "test/reference.h"

namespace qutlass::bench {
namespace {

Case matmul_int4_int4_case(Operands& o) {
  return product_case<MatmulInt4Int4Args>(
      o, "matmul_int4_int4", 0, product_bytes(o, o.n * o.k / 2), cpu::matmul_int4_int4,
      [&o](int64_t i) {
        return MatmulInt4Int4Args{o.a4.data(),     o.w4.copy(i), o.sa.data(), o.sb.data(),
                                  nullptr,         o.y.data(),   o.m,         o.n,
                                  int4_words(o.k), false,        false,       Activation::kLinear};
      },
      [](const MatmulInt4Int4Args& args) {
        return error_of_integers(args, reference::matmul_int4_int4);
      });
}

// With a Hadamard rotation of blocks, or where `block` is 0 without.
Case linear_int4_case(Operands& o, int64_t block) {
  return product_case<LinearInt4Args>(
      o, block == 0 ? "linear_int4" : "linear_int4 hadamard", block,
      product_bytes(o, o.n * o.k / 2), cpu::linear_int4,
      [&o, block](int64_t i) {
        return LinearInt4Args{o.x.data(),
                              o.w4.copy(i),
                              o.sb.data(),
                              nullptr,
                              o.y.data(),
                              o.m,
                              o.n,
                              o.k,
                              false,
                              Activation::kLinear,
                              ScaleMethod::kAbsMax,
                              {block, nullptr}};
      },
      [](const LinearInt4Args& args) { return error_of_integers(args, reference::linear_int4); });
}

}  // namespace

std::vector<Case> int4_int4_cases(Operands& o) {
  std::vector<Case> cases = {matmul_int4_int4_case(o)};
  for (int64_t block : {int64_t{0}, int64_t{128}}) {
    if (block > 0 && o.k % block != 0) continue;
    cases.push_back(linear_int4_case(o, block));
  }
  return cases;
}

}  // namespace qutlass::bench
