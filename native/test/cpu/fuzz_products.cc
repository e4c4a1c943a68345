// Products of random shapes and values against the reference, as many as the first argument says
// (2000) from the seed that the second one says (1):
//
//   QUTLASS_CPU_ISA=avx2 fuzz_products 100000 7
//
// It prints the first difference, with the number of the product, and exits with 1.
#include "products.h"

namespace qutlass::test {
namespace {

// Mostly few, now and then enough for several tiles and blocks.
int64_t random_size(Random& random, int64_t most) {
  return random.chance(0.8) ? random.integer(0, 40) : random.integer(0, most);
}

// A length of rows, now and then of whole blocks for hadamard.
int64_t random_depth(Random& random) {
  return random.chance(0.3) ? kHadamardSizes[random.integer(0, 6)] * random.integer(1, 3)
                            : random_size(random, 3000);
}

// Ordinary values, or some of special or very different magnitudes.
std::vector<float> random_activations(Random& random, int64_t size) {
  if (random.chance(0.3)) return random_floats(random, size, -2, 2);
  if (random.chance(0.3)) return normal_floats(random, size);
  std::vector<float> x = mixed_floats(random, size, random.chance(0.5) ? 0.001 : 0.0);
  const int octaves = static_cast<int>(random.integer(0, 40));
  for (float& value : x) {
    value = std::ldexp(value, static_cast<int>(random.integer(-octaves, octaves)) / 2);
    // Sums are float32, so that parts of one may overflow where all of it does not.
    if (std::isfinite(value) && std::fabs(value) > 1e30f) value = 1.0f;
  }
  return x;
}

int64_t any_group_size(Random& random, int64_t k) {
  if (random.chance(0.2)) return std::max<int64_t>(k, 1);
  return random.chance(0.5) ? int64_t{32} << random.integer(0, 3) : 8 * random.integer(1, 40);
}

void fuzz_int4(Random& random) {
  // Often where kinds of kernels take over from each other: with few rows, and K of some groups.
  const bool is_at_border = random.chance(0.5);
  const int64_t m = is_at_border ? random.integer(1, 24) : random_size(random, 150);
  const int64_t n = random_size(random, 90);
  const int64_t k = is_at_border ? random.integer(48, 2200) : random_size(random, 3000);
  const int64_t group_size = any_group_size(random, k);
  const int64_t groups = n * group_count(k, group_size);
  const std::vector<float> x = random_activations(random, m * k);
  const std::vector<int32_t> w = random_words(random, n * int4_words(k));
  const std::vector<float> scales = random_floats(random, groups, -0.1f, 0.1f);
  const std::vector<int32_t> zeros = random_integers(random, groups, 0, 15);
  const std::vector<float> bias = random_floats(random, n, -3, 3);
  Guarded<float> y(m * n);
  MatmulInt4Args args{};
  args.x = x.data();
  args.w = w.data();
  args.scales = scales.data();
  args.zeros = random.chance(0.5) ? zeros.data() : nullptr;
  args.bias = random.chance(0.5) ? bias.data() : nullptr;
  args.y = y.data();
  args.m = m;
  args.n = n;
  args.k = k;
  args.group_size = group_size;
  args.activation = kActivations[random.integer(0, 2)];
  context() += format(": int4, m %lld, n %lld, k %lld, group size %lld", static_cast<long long>(m),
                      static_cast<long long>(n), static_cast<long long>(k),
                      static_cast<long long>(group_size));
  run_product(cpu::matmul_int4, args);
  CHECK(y.is_intact(), "wrote beyond y");
  reference::check_matmul_int4(args);
  check_prepacked_groups(args, {y.data(), y.data() + y.size()}, cpu::matmul_int4);
}

// Returns what it wanted.
template <typename Args>
std::vector<float> check_linear(const char* format_name, const LinearProblem<Args>& problem,
                                Reference<Args> reference, Product<Args> product) {
  context() += format(": %s, %s", format_name, problem.text().c_str());
  std::vector<float> want = reference_product(problem.args, reference);
  check_product(problem.args, want, product);
  return want;
}

void fuzz_int8(Random& random) {
  const int64_t m = random_size(random, 150), n = random_size(random, 90);
  const int64_t k = random_depth(random);
  LinearProblem<LinearInt8Args> problem(
      random, m, n, k, random_activations(random, m * k),
      packed_int8(random_integers(random, n * k, -128, 127), n, k));
  problem.args.symmetric = random.chance(0.5);
  if (!problem.args.symmetric) problem.args.method = ScaleMethod::kAbsMax;
  const std::vector<float> want =
      check_linear(problem.args.symmetric ? "int8" : "int8 with zero points", problem,
                   reference::linear_int8, cpu::linear_int8);
  context() += ", then prepacked";
  check_prepacked(problem.args, want);
}

void fuzz_int4_int4(Random& random) {
  const int64_t m = random_size(random, 150), n = random_size(random, 90);
  const int64_t k = random_depth(random);
  const LinearProblem<LinearInt4Args> problem(
      random, m, n, k, random_activations(random, m * k),
      packed_int4(random_integers(random, n * k, -8, 7), n, k));
  check_linear("int4 x int4", problem, reference::linear_int4, cpu::linear_int4);
}

void fuzz_int8_int4(Random& random) {
  const int64_t m = random_size(random, 150), n = random_size(random, 90);
  const int64_t k = random_depth(random);
  Int8Int4Problem problem(random, m, n, k, any_group_size(random, k),
                          random_activations(random, m * k));
  Guarded<float> y(m * n);
  problem.args.y = y.data();
  context() += ": int8 x int4, " + problem.text();
  run_product(cpu::linear_int8_int4, problem.args);
  CHECK(y.is_intact(), "wrote beyond y");
  reference::check_linear_int8_int4(problem.args);
  check_prepacked_groups(problem.args, {y.data(), y.data() + y.size()}, cpu::linear_int8_int4);
}

int fuzz(int64_t products, uint64_t seed) {
  constexpr int kSkipped = 77;
  if (!has_isa()) return outcome().failures ? 1 : kSkipped;
  for (int64_t i = 0; i < products; ++i) {
    // Each has a seed of its own, so that it can be made again alone.
    Random random(seed + static_cast<uint64_t>(i));
    cpu::set_thread_count(static_cast<int>(random.integer(1, 3)));
    context() = format("seed %llu", static_cast<unsigned long long>(seed) + i);
    constexpr void (*kProducts[])(Random&) = {fuzz_int4, fuzz_int8, fuzz_int4_int4, fuzz_int8_int4};
    kProducts[random.integer(0, 3)](random);
    if (outcome().failures) return 1;
  }
  std::printf("ok   %lld products: %lld checks\n", static_cast<long long>(products),
              static_cast<long long>(outcome().checks));
  return 0;
}

}  // namespace
}  // namespace qutlass::test

int main(int count, char** arguments) {
  const int64_t products = count > 1 ? std::strtoll(arguments[1], nullptr, 10) : 2000;
  const uint64_t seed = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1;
  return qutlass::test::fuzz(products, seed);
}
