// matmul_int8 and linear_int8: the bits of the reference, by each kernel and configuration.
#include "harness.h"

namespace qutlass::test {
namespace {

constexpr char kInt8Variable[] = "QUTLASS_INT8_CONFIG";

struct Problem {
  int64_t m, n, k;
  std::vector<int32_t> a, b, a_zero;
  std::vector<float> sa, sb, bias;
  bool sa_is_scalar, sb_is_scalar, has_zero, has_bias;
  Activation activation;

  Problem(Random& random, int64_t rows, int64_t columns, int64_t depth)
      : m(rows), n(columns), k(depth) {
    a = random_packed(random, m);
    b = random_packed(random, n);
    a_zero = random_integers(random, m, -128, 127);
    sa = random_floats(random, m, 1e-4f, 1e-2f);
    sb = random_floats(random, n, 1e-4f, 1e-2f);
    bias = random_floats(random, n, -3.0f, 3.0f);
    sa_is_scalar = m > 0 && random.chance(0.2);
    sb_is_scalar = n > 0 && random.chance(0.2);
    has_zero = random.chance(0.5);
    has_bias = random.chance(0.5);
    activation = kActivations[random.integer(0, 2)];
  }

  MatmulInt8Args host_args() const {
    return {a.data(),
            b.data(),
            sa.data(),
            sb.data(),
            has_zero ? a_zero.data() : nullptr,
            has_bias ? bias.data() : nullptr,
            nullptr,
            m,
            n,
            int8_words(k),
            sa_is_scalar,
            sb_is_scalar,
            activation};
  }

  void describe(const std::string& configuration) const {
    context() = format("m %d, n %d, k %d, zero %d, bias %d, activation %d, %s", static_cast<int>(m),
                       static_cast<int>(n), static_cast<int>(k), has_zero, has_bias,
                       static_cast<int>(activation), configuration.c_str());
  }

 private:
  // Often the extremes.
  std::vector<int32_t> random_packed(Random& random, int64_t rows) const {
    std::vector<int32_t> values = random_integers(random, rows * k, -128, 127);
    for (int32_t& value : values) {
      if (random.chance(0.3)) value = random.chance(0.7) ? -128 : 127;
    }
    std::vector<int32_t> packed(rows * int8_words(k));
    reference::pack_int8({values.data(), nullptr, packed.data(), rows, k, false});
    return packed;
  }
};

std::vector<float> reference_of(const Problem& problem) {
  std::vector<float> y(problem.m * problem.n);
  MatmulInt8Args args = problem.host_args();
  args.y = y.data();
  reference::matmul_int8(args);
  return y;
}

// `shift` words of displacement of both operands: rows that do not start at multiples of 16 bytes.
std::vector<float> on_device(const Problem& problem, int64_t shift) {
  DeviceBuffer<int32_t> a(problem.a, shift), b(problem.b, shift), a_zero(problem.a_zero);
  DeviceBuffer<float> sa(problem.sa), sb(problem.sb), bias(problem.bias);
  MatmulInt8Args args = problem.host_args();
  args.a = a.data();
  args.b = b.data();
  args.sa = sa.data();
  args.sb = sb.data();
  if (args.a_zero) args.a_zero = a_zero.data();
  if (args.bias) args.bias = bias.data();
  return product_of(cuda::matmul_int8, args);
}

// The op by its own choice and by every configuration.
void check(const Problem& problem, int64_t shift = 0) {
  const std::vector<float> want = reference_of(problem);
  problem.describe("chosen");
  std::vector<float> y = on_device(problem, shift);
  check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
  MatmulInt8Args args = problem.host_args();
  args.a = args.b = address_of_words(shift);
  const cuda::TileMenu& menu = cuda::menu_for(args);
  for (const std::string& name : configurations(menu, problem.m)) {
    problem.describe(name);
    const Environment forced(menu.variable, name);
    y = on_device(problem, shift);
    check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
  }
}

TEST_ON_GPU(all_tails) {
  Random random(11);
  for (int64_t k = 0; k <= 40; ++k) {
    check(Problem(random, random.integer(0, 20), random.integer(0, 20), k), k % 4 == 1);
  }
  for (int64_t m = 0; m <= 33; m += 3) {
    check(Problem(random, m, random.integer(1, 40), random.integer(1, 500)));
  }
}

TEST_ON_GPU(several_tiles) {
  Random random(12);
  const int64_t shapes[][3] = {{1, 100, 4096},  {16, 270, 1040}, {17, 65, 1536}, {64, 129, 517},
                               {129, 257, 384}, {260, 70, 128},  {131, 300, 250}};
  for (const auto& shape : shapes) check(Problem(random, shape[0], shape[1], shape[2]));
}

TEST_ON_GPU(many_tiles_by_its_own_choice) {
  // More tiles than multiprocessors, more bands than one.
  Random random(13);
  const Problem problem(random, 1300, 1500, 80);
  const std::vector<float> want = reference_of(problem);
  for (const char* name : {"", "128x256", "128x128"}) {
    problem.describe(name);
    const Environment forced(kInt8Variable, name);
    const std::vector<float> y = on_device(problem, 0);
    check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
  }
}

TEST_ON_GPU(greatest_sums) {
  // Every product the largest, K the largest for which the sum is an int32.
  Random random(14);
  for (bool has_zero : {false, true}) {
    Problem problem(random, 1, 2, 0);
    problem.k = has_zero ? kMaxKInt8ZeroPoint : kMaxKInt8;
    const std::vector<int32_t> lowest(problem.k, -128);
    problem.a.assign(int8_words(problem.k), 0);
    reference::pack_int8({lowest.data(), nullptr, problem.a.data(), 1, problem.k, false});
    problem.b = problem.a;
    problem.b.insert(problem.b.end(), problem.a.begin(), problem.a.end());
    problem.a_zero = {127};
    problem.has_zero = has_zero;
    check(problem);
  }
}

TEST_ON_GPU(special_scales) {
  Random random(15);
  for (Activation activation : kActivations) {
    for (int64_t m : {6, 20}) {
      Problem problem(random, m, 7, 33);
      problem.sa_is_scalar = problem.sb_is_scalar = false;
      const float sa[] = {1e-38f, kLeastDenormal, kNan, kInfinity, 0.0f, 1e30f};
      const float sb[] = {1e-3f, 1.0f, kNan, 1e-40f, 1e30f, -1.0f, 0.0f};
      std::copy(std::begin(sa), std::end(sa), problem.sa.begin());
      std::copy(std::begin(sb), std::end(sb), problem.sb.begin());
      problem.activation = activation;
      check(problem);
    }
  }
}

void check_linear(Random& random, int64_t m, int64_t n, int64_t k, bool symmetric,
                  ScaleMethod method = ScaleMethod::kAbsMax, const Rotation& rotation = {}) {
  context() =
      format("linear: m %d, n %d, k %d, symmetric %d, method %d, %s of %d", static_cast<int>(m),
             static_cast<int>(n), static_cast<int>(k), symmetric, static_cast<int>(method),
             rotation.matrix ? "matrix" : "hadamard", static_cast<int>(rotation.block_size));
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  if (m > 2 && k > 0) {
    std::fill_n(x.begin() + k, k, 0.0f);  // a row of zeros
    x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  const Problem weights(random, m, n, k);
  std::vector<float> want(m * n);
  LinearInt8Args args{x.data(),
                      weights.b.data(),
                      weights.sb.data(),
                      weights.has_bias ? weights.bias.data() : nullptr,
                      want.data(),
                      m,
                      n,
                      k,
                      weights.sb_is_scalar,
                      symmetric,
                      weights.activation,
                      method,
                      rotation};
  reference::linear_int8(args);

  DeviceBuffer<float> d_x(x), w_scale(weights.sb), bias(weights.bias);
  DeviceBuffer<int32_t> w(weights.b);
  args.x = d_x.data();
  args.w = w.data();
  args.w_scale = w_scale.data();
  if (args.bias) args.bias = bias.data();
  const DeviceRotation d_rotation(rotation);
  args.rotation = d_rotation.get();
  const std::vector<float> y = product_of(cuda::linear_int8, args);
  check_same(y.data(), want.data(), m * n, "y");
}

TEST_ON_GPU(linear_int8) {
  Random random(21);
  for (bool symmetric : {true, false}) {
    for (int64_t k = 0; k <= 70; ++k) {
      check_linear(random, random.integer(0, 20), random.integer(0, 30), k, symmetric);
    }
    check_linear(random, 140, 70, 2064, symmetric);
  }
}

TEST_ON_GPU(linear_int8_of_one_row) {
  // In one kernel, except where the row is too long, the columns too many, or the product forced.
  Random random(23);
  const int64_t shapes[][2] = {{900, 1030}, {33, 16},    {17, 4096}, {300, 4112},
                               {5, 20000},  {40, 40000}, {9000, 64}};
  for (bool symmetric : {true, false}) {
    for (const auto& [n, k] : shapes) check_linear(random, 1, n, k, symmetric);
    const Environment forced(kInt8Variable, "stream");
    check_linear(random, 1, 900, 1040, symmetric);
  }
}

TEST_ON_GPU(linear_int8_with_methods_and_rotations) {
  Random random(24);
  for (int64_t k : {64, 96, 1024, 4096}) {
    for (int64_t m : {1, 5, 40}) {
      for (int i = 0; i < 4; ++i) {
        const RandomRotation rotation(random, k);
        check_linear(random, m, 70, k, true, random_method(random), rotation.rotation);
        check_linear(random, m, 70, k, false, ScaleMethod::kAbsMax, rotation.rotation);
      }
    }
  }
  check_linear(random, 1, 33, 30720, true, ScaleMethod::kQuest, {1024, nullptr});
}

TEST_ON_GPU(a_wrong_configuration_is_a_reason) {
  Random random(22);
  const Problem problem(random, 2, 2, 8);
  const Environment forced(kInt8Variable, "1x1");
  const char* reason = cuda::matmul_int8(problem.host_args(), nullptr, nullptr);
  CHECK(reason && std::strstr(reason, "matmul_int8: QUTLASS_INT8_CONFIG=1x1; expected"), "got '%s'",
        reason);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
