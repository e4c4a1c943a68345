#include "int8_cases.h"

#include "product_case.h"
#include "test/reference.h"

namespace qutlass::bench {
namespace {

Case linear_int8_case(Operands& o, bool prepacked, const std::string& suffix) {
  return product_case<LinearInt8Args>(
      o, "linear_int8" + suffix, 0, product_bytes(o, o.n * o.k), cpu::linear_int8,
      [&o, prepacked](int64_t i) {
        return LinearInt8Args{o.x.data(),
                              o.w8.at(i, prepacked),
                              o.sb.data(),
                              nullptr,
                              o.y.data(),
                              o.m,
                              o.n,
                              o.k,
                              false,
                              true,
                              Activation::kLinear,
                              ScaleMethod::kAbsMax,
                              Rotation{},
                              prepacked};
      },
      [&o](LinearInt8Args args) {
        args.w = o.w8.copy(0);
        return error_of_integers(args, reference::linear_int8);
      });
}

Case matmul_int8_case(Operands& o, bool has_zero, bool prepacked, const std::string& suffix) {
  return product_case<MatmulInt8Args>(
      o, (has_zero ? "matmul_int8 a_zero" : "matmul_int8") + suffix, 0, product_bytes(o, o.n * o.k),
      cpu::matmul_int8,
      [&o, has_zero, prepacked](int64_t i) {
        return MatmulInt8Args{o.a.data(),
                              o.w8.at(i, prepacked),
                              o.sa.data(),
                              o.sb.data(),
                              has_zero ? o.a_zero.data() : nullptr,
                              nullptr,
                              o.y.data(),
                              o.m,
                              o.n,
                              int8_words(o.k),
                              false,
                              false,
                              Activation::kLinear,
                              prepacked};
      },
      [&o](MatmulInt8Args args) {
        args.b = o.w8.copy(0);
        return error_of_integers(args, reference::matmul_int8);
      });
}

void add_cases(Operands& o, bool prepacked, std::vector<Case>& cases) {
  const std::string suffix = prepacked ? " prepacked" : "";
  cases.push_back(linear_int8_case(o, prepacked, suffix));
  for (bool has_zero : {false, true}) {
    cases.push_back(matmul_int8_case(o, has_zero, prepacked, suffix));
  }
}

}  // namespace

std::vector<Case> int8_cases(Operands& o) {
  std::vector<Case> cases;
  add_cases(o, false, cases);
  if (o.w8.can_be_prepacked()) add_cases(o, true, cases);
  return cases;
}

}  // namespace qutlass::bench
