#include "int4_cases.h"

#include "product_case.h"
#include "test/reference.h"

namespace qutlass::bench {
namespace {

// Weights and their scales in groups: what the ops' cases have in common.
struct Groups {
  int64_t size;
  bool prepacked;
  std::string suffix;  // of an op's name
  std::shared_ptr<const std::vector<float>> scales;
};

std::vector<float> prepacked_scales(const std::vector<float>& scales, int64_t n, int64_t groups) {
  std::vector<float> prepacked(cpu::prepacked_int4_scales_size(n, groups));
  cpu::prepack_int4_scales({reinterpret_cast<const int32_t*>(scales.data()),
                            reinterpret_cast<int32_t*>(prepacked.data()), n, groups});
  return prepacked;
}

Groups groups_of(const Operands& o, int64_t size, bool prepacked) {
  return {size, prepacked, prepacked ? " prepacked" : "",
          std::make_shared<const std::vector<float>>(
              prepacked ? prepacked_scales(o.scales, o.n, group_count(o.k, size)) : o.scales)};
}

// The greatest relative error of the first columns of the last row of y.
double error_of_int4(const MatmulInt4Args& args) {
  double error = 0;
  for (int64_t j = 0; j < std::min(args.n, kCheckedColumns); ++j) {
    const double want = reference::matmul_int4_at(args, args.m - 1, j).value;
    error = std::max(error, relative_error(args.y[(args.m - 1) * args.n + j], want));
  }
  return error;
}

template <typename Args>
Args args_of(Operands& o, const Groups& groups, int64_t call) {
  Args args = {};
  args.x = o.x.data();
  args.w = o.w4.at(call, groups.prepacked);
  args.scales = groups.scales->data();
  args.y = o.y.data();
  args.m = o.m;
  args.n = o.n;
  args.k = o.k;
  args.group_size = groups.size;
  args.activation = Activation::kLinear;
  args.is_prepacked = groups.prepacked;
  return args;
}

// `error` is that of a product with weights as they are.
template <typename Args>
Case int4_case(Operands& o, const std::string& op, const Groups& groups,
               const char* (*kernel)(const Args&, void*), double (*error)(const Args&)) {
  return product_case<Args>(
      o, op + groups.suffix, groups.size, product_bytes(o, o.n * o.k / 2), kernel,
      [&o, groups](int64_t i) { return args_of<Args>(o, groups, i); },
      [&o, error](Args args) {
        args.w = o.w4.copy(0);
        args.scales = o.scales.data();
        return error(args);
      });
}

double error_of_int8_int4(const LinearInt8Int4Args& args) {
  return error_of_int4(reference::RowsOfInt8(args).product);
}

void add_cases(Operands& o, bool prepacked, std::vector<Case>& cases) {
  for (int64_t size : {int64_t{128}, int64_t{64}, int64_t{32}, o.k}) {
    const Groups groups = groups_of(o, size, prepacked);
    cases.push_back(
        int4_case<MatmulInt4Args>(o, "matmul_int4", groups, cpu::matmul_int4, error_of_int4));
    cases.push_back(int4_case<LinearInt8Int4Args>(o, "linear_int8_int4", groups,
                                                  cpu::linear_int8_int4, error_of_int8_int4));
  }
}

}  // namespace

std::vector<Case> int4_cases(Operands& o) {
  std::vector<Case> cases;
  add_cases(o, false, cases);
  if (o.w4.can_be_prepacked()) add_cases(o, true, cases);
  return cases;
}

}  // namespace qutlass::bench
