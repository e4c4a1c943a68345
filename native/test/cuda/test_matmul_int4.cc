// matmul_int4: within the contract's bound of the float64 reference, exact where float32 is, and
// the same bits in every run, by each kernel and configuration.
#include "int4_problem.h"

namespace qutlass::test {
namespace {

using Problem = Int4Problem;

// `shift` words of displacement, of x and of the weights.
std::vector<float> on_device(const Problem& problem, int64_t shift) {
  DeviceBuffer<float> x(problem.x, shift), row_scale(problem.row_scale);
  DeviceInt4Weights weights(problem, shift);
  MatmulInt4Args args = problem.host_args();
  weights.give_to(args);
  args.x = x.data();
  if (args.row_scale) args.row_scale = row_scale.data();
  return product_of(cuda::matmul_int4, args);
}

// Gives `check_y` the product by the op's own choice and by every configuration.
template <typename CheckY>
void for_each_configuration(const Problem& problem, int64_t shift, const CheckY& check_y) {
  problem.describe("chosen");
  check_y(on_device(problem, shift));
  for (const std::string& name : configurations(problem.menu(shift), problem.m)) {
    problem.describe(name);
    const Environment forced(problem.menu(shift).variable, name);
    check_y(on_device(problem, shift));
  }
}

void check_close(const Problem& problem, int64_t shift = 0) {
  for_each_configuration(problem, shift, [&](const std::vector<float>& y) {
    check_int4_product(problem.host_args(), y);
  });
}

TEST_ON_GPU(all_tails) {
  Random random(31);
  for (int64_t k = 0; k <= 70; ++k) {
    const Problem problem(random, random.integer(0, 20), random.integer(0, 20), k,
                          random_group_size(random, k));
    check_close(problem, k % 4 == 1);
  }
  for (int64_t m = 0; m <= 33; m += 3) {
    const int64_t k = random.integer(1, 700);
    check_close(Problem(random, m, random.integer(1, 40), k, random_group_size(random, k)));
  }
}

TEST_ON_GPU(several_tiles) {
  Random random(32);
  const int64_t shapes[][4] = {{1, 100, 4096, 128}, {16, 70, 1111, 32},  {17, 65, 2048, 2048},
                               {64, 129, 768, 64},  {131, 67, 600, 64},  {260, 33, 520, 40},
                               {129, 140, 512, 96}, {70, 130, 1536, 768}};
  for (const auto& shape : shapes) {
    check_close(Problem(random, shape[0], shape[1], shape[2], shape[3]));
  }
}

TEST_ON_GPU(exact_where_float32_is) {
  // Small whole x and scales that are powers of two: no sum rounds, so any order is exact.
  Random random(33);
  for (int64_t m : {1, 8, 13, 40, 150}) {
    for (int64_t group_size : {8, 24, 32, 64, 128, 256, 397}) {
      Problem problem(random, m, 69, 397, group_size);
      for (float& x : problem.x) x = static_cast<float>(random.integer(-8, 8));
      for (std::vector<float>* scales : {&problem.scales, &problem.row_scale}) {
        for (float& scale : *scales) {
          scale = std::ldexp(1.0f, static_cast<int>(random.integer(-2, 2)));
        }
      }
      for (float& bias : problem.bias) bias = static_cast<float>(random.integer(-9, 9));
      std::vector<float> want;
      for (int64_t i = 0; i < m * problem.n; ++i) {
        const auto element =
            reference::matmul_int4_at(problem.host_args(), i / problem.n, i % problem.n);
        want.push_back(round_to_bf16(static_cast<float>(element.value)));
      }
      for_each_configuration(problem, 0, [&](const std::vector<float>& y) {
        check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
      });
    }
  }
}

TEST_ON_GPU(rounds_x_to_bf16) {
  // 1 + 2^-8 is a tie and becomes 1, 1 + 3 * 2^-8 becomes 1 + 2^-6; the scale shows the difference.
  Random random(34);
  for (int64_t m : {1, 5, 40}) {
    Problem problem(random, m, 1, 1, 1);
    problem.has_zeros = problem.has_bias = problem.has_row_scale = false;
    problem.activation = Activation::kLinear;
    problem.x.assign(m, 1.0f + 0x1p-8f);
    problem.x[0] = 1.0f + 3 * 0x1p-8f;
    problem.w = {9};
    problem.scales = {128.0f};
    std::vector<float> want(m, 128.0f);
    want[0] = 130.0f;
    for_each_configuration(problem, 0, [&](const std::vector<float>& y) {
      check_same(y.data(), want.data(), m, "y");
    });
  }
}

TEST_ON_GPU(special_values_stay_in_their_rows_and_columns) {
  Random random(35);
  for (int64_t m : {3, 12, 40}) {
    for (int64_t group_size : {64, 40, 130}) {
      Problem problem(random, m, 5, 130, group_size);
      problem.x[5] = kNan;
      problem.x[130 + 129] = kInfinity;
      problem.x[2 * 130] = -kInfinity;
      // Every q above its zero point, so that an infinite x gives an infinite y.
      problem.has_zeros = true;
      std::fill(problem.zeros.begin(), problem.zeros.end(), 0);
      for (int32_t& word : problem.w) word |= 0x11111111;
      problem.scales[2 * group_count(130, group_size)] = kNan;
      problem.has_row_scale = true;
      problem.row_scale.back() = kNan;
      problem.activation = Activation::kLinear;
      check_close(problem);
    }
  }
}

TEST_ON_GPU(denormals) {
  // x, scales and results that flushing would lose.
  Random random(36);
  for (int64_t m : {1, 40}) {
    Problem problem(random, m, 9, 200, 40);
    problem.has_bias = false;
    problem.activation = Activation::kLinear;
    for (float& x : problem.x) x *= 1e-38f;
    for (float& scale : problem.scales) scale = 1.0f;
    check_close(problem);
    for (float& x : problem.x) x *= 1e30f;
    for (float& scale : problem.scales) scale = 1e-32f;
    check_close(problem);
    for (float& x : problem.x) x = 0.5f;
    for (float& scale : problem.scales) scale = 1e-39f;
    check_close(problem);
  }
}

TEST_ON_GPU(a_wrong_configuration_is_a_reason) {
  Random random(37);
  const Problem problem(random, 20, 2, 64, 32);
  const Environment forced(problem.menu(0).variable, "stream");
  const char* reason = cuda::matmul_int4(problem.host_args(), nullptr, nullptr);
  CHECK(reason && std::strstr(reason, "matmul_int4: QUTLASS_INT4_CONFIG=stream is for at most 16"),
        "got '%s'", reason);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
