// linear_int8_int4: within the contract's bound of the float64 product of the integers that
// quantize_int8 gives, and the bits of the int4 product of the same integers in float32.
#include "int4_problem.h"

namespace qutlass::test {
namespace {

// The integers of x in its place, and their scales, as float32 rows that have some.
void quantize_x(Int4Problem& problem, ScaleMethod method, const Rotation& rotation) {
  auto args = problem.host_weights<LinearInt8Int4Args>();
  args.x = problem.x.data();
  args.method = method;
  args.rotation = rotation;
  const reference::RowsOfInt8 rows(args);
  problem.x = rows.x;
  problem.row_scale = rows.scale;
}

std::vector<float> linear_on_device(const Int4Problem& problem, DeviceInt4Weights& weights,
                                    ScaleMethod method, const Rotation& rotation, int64_t shift) {
  DeviceBuffer<float> x(problem.x, shift);
  const DeviceRotation d_rotation(rotation);
  auto args = problem.host_weights<LinearInt8Int4Args>();
  weights.give_to(args);
  args.x = x.data();
  args.method = method;
  args.rotation = d_rotation.get();
  return product_of(cuda::linear_int8_int4, args);
}

// The product of a problem whose x are integers.
std::vector<float> product_on_device(const Int4Problem& problem, DeviceInt4Weights& weights) {
  DeviceBuffer<float> x(problem.x), row_scale(problem.row_scale);
  MatmulInt4Args args = problem.host_args();
  weights.give_to(args);
  args.x = x.data();
  args.row_scale = row_scale.data();
  return product_of(cuda::matmul_int4, args);
}

// `shift` words of displacement, of x and of the weights. With three rows or more, one of zeros and
// one with a value that is not finite.
void check_linear(Random& random, int64_t m, int64_t n, int64_t k, int64_t group_size,
                  ScaleMethod method, const Rotation& rotation, int64_t shift = 0) {
  Int4Problem problem(random, m, n, k, group_size);
  if (m > 2 && k > 0) {
    std::fill_n(problem.x.begin() + k, k, 0.0f);
    problem.x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  problem.has_row_scale = true;
  problem.describe(format("method %d, %s of %d, shift %d", static_cast<int>(method),
                          rotation.matrix ? "matrix" : "hadamard",
                          static_cast<int>(rotation.block_size), static_cast<int>(shift)));
  DeviceInt4Weights weights(problem, shift);
  const std::vector<float> y = linear_on_device(problem, weights, method, rotation, shift);

  quantize_x(problem, method, rotation);
  check_int4_product(problem.host_args(), y);
  check_same(y.data(), product_on_device(problem, weights).data(), m * n, "y");
}

TEST_ON_GPU(all_tails) {
  Random random(41);
  for (int64_t k = 0; k <= 130; ++k) {
    const RandomRotation rotation(random, k);
    check_linear(random, random.integer(0, 20), random.integer(0, 30), k,
                 random_group_size(random, k), random_method(random), rotation.rotation, k % 4);
  }
}

TEST_ON_GPU(each_configuration) {
  Random random(42);
  for (int64_t m : {1, 7, 16, 140}) {
    for (int64_t group_size : {24, 32, 64, 128, 1056}) {
      for (int64_t shift : {0, 1}) {
        const int64_t k = shift ? 1037 : 1056;
        const Int4Problem any(random, m, 1, k, group_size);
        for (const std::string& name : configurations(any.menu(shift), m)) {
          const Environment forced(any.menu(shift).variable, name);
          const Rotation rotation{shift ? 0 : 32, nullptr};
          check_linear(random, m, 37, k, group_size, random_method(random), rotation, shift);
        }
      }
    }
  }
}

TEST_ON_GPU(rotations) {
  Random random(43);
  for (int64_t m : {1, 12, 40}) {
    for (int64_t size : kHadamardSizes) {
      check_linear(random, m, 33, 2048, 128, random_method(random), {size, nullptr});
    }
    const std::vector<float> matrix = random_floats(random, 64 * 64, -1, 1);
    check_linear(random, m, 33, 2048, 128, ScaleMethod::kAbsMax, {64, matrix.data()});
  }
}

TEST_ON_GPU(many_and_long_rows) {
  Random random(44);
  check_linear(random, 1, 40, 40000, 128, ScaleMethod::kAbsMax, {});
  check_linear(random, 9, 20, 30000, 64, ScaleMethod::kQuest, {16, nullptr});
  for (int64_t k : {192, 768, 1600}) {
    check_linear(random, 2200, 20, k, 32, random_method(random), {64, nullptr});
  }
}

// The rows of x that are not finite, and no others, are NaN.
TEST_ON_GPU(special_values_stay_in_their_rows) {
  Random random(45);
  for (int64_t m : {1, 3, 12, 40}) {
    for (Activation activation : kActivations) {
      Int4Problem problem(random, m, 9, 130, 32);
      problem.activation = activation;
      problem.describe("one row is not finite");
      problem.x[(m - 1) * 130 + 77] = m % 2 ? kInfinity : kNan;
      DeviceInt4Weights weights(problem, 0);
      const std::vector<float> y = linear_on_device(problem, weights, ScaleMethod::kAbsMax, {}, 0);
      for (int64_t i = 0; i < m * 9; ++i) {
        CHECK(std::isnan(y[i]) == (i / 9 == m - 1), "y[%d,%d] is %s", static_cast<int>(i / 9),
              static_cast<int>(i % 9), shown(y[i]).c_str());
      }
    }
  }
}

TEST_ON_GPU(a_row_too_long_for_quest_is_a_reason) {
  LinearInt8Int4Args args{};
  args.m = args.n = 1;
  args.k = args.group_size = (int64_t{1} << 24) + 1;
  args.method = ScaleMethod::kQuest;
  const char* reason = cuda::linear_int8_int4(args, nullptr, nullptr);
  CHECK(reason && std::strstr(reason, "quantize_int8: K is 16777217, expected at most 16777216"),
        "got '%s'", reason);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
