// matmul_int4_int4 and linear_int4: the bits of the reference, by each kernel and configuration.
#include "harness.h"

namespace qutlass::test {
namespace {

constexpr char kVariable[] = "QUTLASS_INT4_INT4_CONFIG";

// Rows of nibbles, often the extremes, whose tails stand for 0.
std::vector<int32_t> random_operand(Random& random, int64_t rows, int64_t k) {
  std::vector<int32_t> values = random_integers(random, rows * k, -8, 7);
  for (int32_t& value : values) {
    if (random.chance(0.3)) value = random.chance(0.7) ? -8 : 7;
  }
  std::vector<int32_t> packed(rows * int4_words(k));
  reference::pack_int4({values.data(), nullptr, packed.data(), rows, k, true});
  return packed;
}

struct Problem {
  int64_t m, n, k;
  std::vector<int32_t> a, b;
  std::vector<float> sa, sb, bias;
  bool sa_is_scalar, sb_is_scalar, has_bias;
  Activation activation;

  Problem(Random& random, int64_t rows, int64_t columns, int64_t depth)
      : m(rows), n(columns), k(depth) {
    a = random_operand(random, m, k);
    b = random_operand(random, n, k);
    sa = random_floats(random, m, 1e-4f, 1e-2f);
    sb = random_floats(random, n, 1e-4f, 1e-2f);
    bias = random_floats(random, n, -0.1f, 0.1f);
    sa_is_scalar = m > 0 && random.chance(0.2);
    sb_is_scalar = n > 0 && random.chance(0.2);
    has_bias = random.chance(0.5);
    activation = kActivations[random.integer(0, 2)];
  }

  MatmulInt4Int4Args host_args() const {
    return {a.data(),     b.data(),  sa.data(), sb.data(),     has_bias ? bias.data() : nullptr,
            nullptr,      m,         n,         int4_words(k), sa_is_scalar,
            sb_is_scalar, activation};
  }

  void describe(const std::string& configuration) const {
    context() = format("m %d, n %d, k %d, bias %d, activation %d, %s", static_cast<int>(m),
                       static_cast<int>(n), static_cast<int>(k), has_bias,
                       static_cast<int>(activation), configuration.c_str());
  }
};

std::vector<float> reference_of(const Problem& problem) {
  std::vector<float> y(problem.m * problem.n);
  MatmulInt4Int4Args args = problem.host_args();
  args.y = y.data();
  reference::matmul_int4_int4(args);
  return y;
}

// `shift` words of displacement of both operands: rows that do not start at multiples of 16 bytes.
std::vector<float> on_device(const Problem& problem, int64_t shift) {
  DeviceBuffer<int32_t> a(problem.a, shift), b(problem.b, shift);
  DeviceBuffer<float> sa(problem.sa), sb(problem.sb), bias(problem.bias);
  MatmulInt4Int4Args args = problem.host_args();
  args.a = a.data();
  args.b = b.data();
  args.sa = sa.data();
  args.sb = sb.data();
  if (args.bias) args.bias = bias.data();
  return product_of(cuda::matmul_int4_int4, args);
}

// The op by its own choice and by every configuration.
void check(const Problem& problem, int64_t shift = 0) {
  const std::vector<float> want = reference_of(problem);
  problem.describe("chosen");
  std::vector<float> y = on_device(problem, shift);
  check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
  MatmulInt4Int4Args args = problem.host_args();
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
  for (int64_t k = 0; k <= 80; ++k) {
    check(Problem(random, random.integer(0, 20), random.integer(0, 20), k), k % 8 == 1);
  }
  for (int64_t m = 0; m <= 33; m += 3) {
    check(Problem(random, m, random.integer(1, 40), random.integer(1, 1000)));
  }
}

TEST_ON_GPU(several_tiles) {
  Random random(12);
  const int64_t shapes[][3] = {{1, 100, 8192},  {16, 270, 2080}, {17, 65, 3072}, {64, 129, 1031},
                               {129, 257, 768}, {260, 70, 256},  {131, 300, 500}};
  for (const auto& shape : shapes) check(Problem(random, shape[0], shape[1], shape[2]));
}

TEST_ON_GPU(many_tiles_by_its_own_choice) {
  // More tiles than multiprocessors, more bands than one.
  Random random(13);
  const Problem problem(random, 1300, 1500, 160);
  const std::vector<float> want = reference_of(problem);
  for (const char* name : {"", "128x256", "128x128"}) {
    problem.describe(name);
    const Environment forced(kVariable, name);
    const std::vector<float> y = on_device(problem, 0);
    check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
  }
}

TEST_ON_GPU(greatest_sums) {
  // Every product the largest, or the least, K the largest that is allowed.
  Random random(14);
  for (int32_t a_value : {-8, 7}) {
    Problem problem(random, 3, 2, 0);
    problem.k = kMaxKInt4Int4;
    const std::vector<int32_t> a(problem.m * problem.k, a_value), b(problem.n * problem.k, -8);
    const int64_t words = int4_words(problem.k);
    problem.a.assign(problem.m * words, 0);
    problem.b.assign(problem.n * words, 0);
    reference::pack_int4({a.data(), nullptr, problem.a.data(), problem.m, problem.k, true});
    reference::pack_int4({b.data(), nullptr, problem.b.data(), problem.n, problem.k, true});
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

void check_linear(Random& random, int64_t m, int64_t n, int64_t k, ScaleMethod method,
                  const Rotation& rotation) {
  context() =
      format("linear: m %d, n %d, k %d, method %d, %s of %d", static_cast<int>(m),
             static_cast<int>(n), static_cast<int>(k), static_cast<int>(method),
             rotation.matrix ? "matrix" : "hadamard", static_cast<int>(rotation.block_size));
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  if (m > 2 && k > 0) {
    std::fill_n(x.begin() + k, k, 0.0f);  // a row of zeros
    x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  const Problem weights(random, m, n, k);
  std::vector<float> want(m * n);
  LinearInt4Args args{};
  args.x = x.data();
  args.w = weights.b.data();
  args.w_scale = weights.sb.data();
  args.bias = weights.has_bias ? weights.bias.data() : nullptr;
  args.y = want.data();
  args.m = m;
  args.n = n;
  args.k = k;
  args.w_scale_is_scalar = weights.sb_is_scalar;
  args.activation = weights.activation;
  args.method = method;
  args.rotation = rotation;
  reference::linear_int4(args);

  DeviceBuffer<float> d_x(x), w_scale(weights.sb), bias(weights.bias);
  DeviceBuffer<int32_t> w(weights.b);
  const DeviceRotation d_rotation(rotation);
  args.x = d_x.data();
  args.w = w.data();
  args.w_scale = w_scale.data();
  if (args.bias) args.bias = bias.data();
  args.rotation = d_rotation.get();
  const std::vector<float> y = product_of(cuda::linear_int4, args);
  check_same(y.data(), want.data(), m * n, "y");
}

TEST_ON_GPU(linear_int4) {
  Random random(21);
  for (int64_t k = 0; k <= 130; ++k) {
    const RandomRotation rotation(random, k);
    check_linear(random, random.integer(0, 20), random.integer(0, 30), k, random_method(random),
                 rotation.rotation);
  }
  for (int i = 0; i < 10; ++i) {
    const RandomRotation rotation(random, 2048);
    check_linear(random, 30, 70, 2048, random_method(random), rotation.rotation);
  }
}

TEST_ON_GPU(linear_int4_by_each_configuration) {
  Random random(24);
  for (int64_t k : {1024, 1056}) {  // whole blocks along k, and half a block more
    MatmulInt4Int4Args args{};
    args.words = int4_words(k);
    for (const std::string& name : configurations(cuda::menu_for(args), 140)) {
      const Environment forced(kVariable, name);
      check_linear(random, 140, 70, k, random_method(random), {32, nullptr});
    }
  }
}

TEST_ON_GPU(linear_int4_of_many_rows) {
  Random random(25);
  MatmulInt4Int4Args args{};
  for (int64_t k : {192, 1600}) {  // a warp a row, a block a row
    args.words = int4_words(k);
    for (const std::string& name : configurations(cuda::menu_for(args), 4300)) {
      const Environment forced(kVariable, name);
      check_linear(random, 4300, 20, k, random_method(random), {64, nullptr});
    }
  }
}

TEST_ON_GPU(linear_int4_of_one_row) {
  // In one kernel, except where the row is too long, the columns too many, or the product forced.
  Random random(23);
  const int64_t shapes[][2] = {{900, 1030}, {33, 16},    {17, 4096}, {300, 8208},
                               {5, 40000},  {40, 80000}, {9000, 64}};
  for (ScaleMethod method : {ScaleMethod::kAbsMax, ScaleMethod::kQuest}) {
    for (const auto& [n, k] : shapes) {
      const RandomRotation rotation(random, k);
      check_linear(random, 1, n, k, method, rotation.rotation);
    }
    for (int64_t size : kHadamardSizes) check_linear(random, 1, 65, 9216, method, {size, nullptr});
    const Environment forced(kVariable, "stream");
    check_linear(random, 1, 900, 2080, method, {});
  }
}

TEST_ON_GPU(a_wrong_configuration_is_a_reason) {
  Random random(22);
  const Problem problem(random, 2, 2, 8);
  const Environment forced(kVariable, "1x1");
  const char* reason = cuda::matmul_int4_int4(problem.host_args(), nullptr, nullptr);
  CHECK(reason && std::strstr(reason, "matmul_int4_int4: QUTLASS_INT4_INT4_CONFIG=1x1; expected"),
        "got '%s'", reason);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
