// matmulInt8Bf16: the bits of the reference.
#include "products.h"

namespace qutlass::test {
namespace {

// Rows of bytes, often the extremes.
std::vector<int32_t> random_operand(Random& random, int64_t rows, int64_t k) {
  return packed_int8(extreme_integers(random, rows * k, -128, 127), rows, k);
}

struct Problem : PackedProblem<MatmulInt8Args> {
  std::vector<int32_t> a_zero;

  Problem(Random& random, int64_t m, int64_t n, int64_t k)
      : Problem(random, m, n, k, random_operand(random, m, k), random_operand(random, n, k)) {}
  // `a` and `b` are packed.
  Problem(Random& random, int64_t m, int64_t n, int64_t k, std::vector<int32_t> a,
          std::vector<int32_t> b)
      : PackedProblem(random, m, n, std::move(a), std::move(b), int8_words(k)),
        a_zero(random_integers(random, m, -128, 127)) {
    if (random.chance(0.5)) args.a_zero = a_zero.data();
  }
};

// Rows of bytes as quantizing makes them of normally distributed values.
std::vector<int32_t> normal_operand(Random& random, int64_t rows, int64_t k) {
  constexpr float kDeviation = 36;
  std::vector<int32_t> values;
  for (float value : normal_floats(random, rows * k)) {
    values.push_back(std::clamp(static_cast<int32_t>(std::lrint(value * kDeviation)), -127, 127));
  }
  return packed_int8(values, rows, k);
}

void check(const Problem& problem) {
  context() = format("%s, zero %d", problem.text().c_str(), problem.args.a_zero != nullptr);
  const std::vector<float> want = reference_product(problem.args, reference::matmul_int8);
  with_each_thread_count([&] {
    check_product(problem.args, want, cpu::matmul_int8);
    const Prepacked<int32_t> prepacked(kPrepackedInt8, problem.args.b, problem.args.n,
                                       problem.args.words);
    if (!prepacked.is_offered()) return;
    MatmulInt8Args args = problem.args;
    args.b = prepacked.weights();
    args.b_is_prepacked = true;
    check_product(args, want, cpu::matmul_int8);
  });
}

TEST_EACH_ISA(all_tails) {
  Random random(11);
  for (int64_t k = 0; k <= 140; ++k) {
    Problem problem(random, random.integer(0, 11), random.integer(0, 13), k);
    check(problem);
  }
  for (int64_t m = 0; m <= 9; ++m) {
    for (int64_t n = 0; n <= 9; ++n) {
      Problem problem(random, m, n, random.integer(0, 90));
      check(problem);
    }
  }
}

TEST_EACH_ISA(several_blocks) {
  Random random(12);
  const int64_t shapes[][3] = {{1, 1100, 1000}, {131, 67, 300}, {5, 130, 2500},
                               {260, 33, 77},   {3, 2, 5000},   {40, 33, 9001}};
  for (const auto& shape : shapes) {
    Problem problem(random, shape[0], shape[1], shape[2]);
    check(problem);
  }
}

TEST_EACH_ISA(few_rows_and_whole_blocks_of_columns) {
  // Where weights may be multiplied as they lie in memory: whole steps of K, and a rest.
  Random random(14);
  for (int64_t m : {1, 4, 5, 8, 15, 16, 17, 31, 32, 33}) {
    for (int64_t k : {64, 192, 300, 1100}) {
      for (int64_t n : {32, 70}) {
        Problem problem(random, m, n, k);
        check(problem);
        problem.args.a_zero = problem.args.a_zero ? nullptr : problem.a_zero.data();
        check(problem);
      }
    }
  }
}

TEST_EACH_ISA(greatest_sums) {
  // Every product the largest, K the largest for which the sum is an int32.
  for (bool has_zero : {false, true}) {
    const int64_t k = has_zero ? kMaxKInt8ZeroPoint : kMaxKInt8;
    const std::vector<int32_t> lowest = packed_int8(std::vector<int32_t>(k, -128), 1, k);
    const int32_t zero = 127;
    const float scale = 1.0f;
    Guarded<float> y(1);
    MatmulInt8Args args{};
    args.a = args.b = lowest.data();
    args.sa = args.sb = &scale;
    args.a_zero = has_zero ? &zero : nullptr;
    args.y = y.data();
    args.m = args.n = 1;
    args.words = int8_words(k);
    run_product(cpu::matmul_int8, args);
    const float want = round_to_bf16(static_cast<float>(k * 128 * (has_zero ? 255 : 128)));
    CHECK(y[0] == want, "got %s, expected %s", shown(y[0]).c_str(), shown(want).c_str());
  }
}

TEST_EACH_ISA(normally_distributed_values) {
  Random random(15);
  for (int64_t m : {3, 12, 13, 18, 31, 47, 130}) {
    for (int64_t k : {5, 61, 768, 4100}) {
      const int64_t n = random.integer(1, 40);
      for (bool has_normal_weights : {true, false}) {
        Problem problem(
            random, m, n, k, normal_operand(random, m, k),
            has_normal_weights ? normal_operand(random, n, k) : random_operand(random, n, k));
        check(problem);
      }
    }
  }
}

TEST_EACH_ISA(greatest_sums_of_narrow_integers) {
  // Where kernels add up some products in 16 bits: rows that are nearly the same value, or none, in
  // all or half of every 16 elements, with weights of their signs, or the opposite ones.
  Random random(16);
  constexpr int64_t kRun = 16, kPanel = 32;
  const std::vector<int32_t> values = {1, 48, 49, 50, 63, 64, 65, 69, 70, 71, 99, 127, 128};
  const std::vector<int32_t> weights = {60, 81, 82, 83, 84, 90, 127, 128};
  const int64_t m = 60, n = kPanel * static_cast<int64_t>(weights.size()), k = 20 * kRun;
  for (int repetition = 0; repetition < 8; ++repetition) {
    std::vector<int32_t> signs(k), a(m * k), b(n * k);
    for (int32_t& sign : signs) sign = repetition % 2 == 0 || random.chance(0.5) ? -1 : 1;
    const auto with_sign = [&](int32_t value, int64_t i) {
      return std::clamp(value * signs[i], -128, 127);
    };
    for (int64_t run = 0; run < m * k / kRun; ++run) {
      if (!random.chance(0.06)) continue;
      const int32_t first = values[random.integer(0, values.size() - 1)];
      const int32_t second = values[random.integer(0, values.size() - 1)];
      const int64_t size = random.chance(0.5) ? kRun : kRun / 2;
      for (int64_t i = run * kRun; i < run * kRun + size; ++i) {
        a[i] = with_sign(random.chance(0.8) ? first : second, i % k);
      }
    }
    // A row that is as far from small values as can be.
    if (repetition > 5) {
      for (int64_t i = 0; i < k; ++i) a[i] = with_sign(127, i);
    }
    // Weights that are small in some places of all columns of a panel.
    std::vector<bool> is_small(weights.size() * (k / kRun));
    for (size_t i = 0; i < is_small.size(); ++i) is_small[i] = random.chance(0.4);
    for (int64_t column = 0; column < n; ++column) {
      const int64_t panel = column / kPanel, sign = column % 3 == 0 ? -1 : 1;
      for (int64_t i = 0; i < k; ++i) {
        const int32_t weight = is_small[panel * (k / kRun) + i / kRun] ? 20 : weights[panel];
        b[column * k + i] = with_sign(static_cast<int32_t>(sign) * weight, i);
      }
    }
    Problem problem(random, m, n, k, packed_int8(a, m, k), packed_int8(b, n, k));
    check(problem);
  }
}

TEST_EACH_ISA(prepacked_weights_are_known_by_their_header) {
  constexpr int64_t kRows = 20, kWords = 9;
  Random random(17);
  const std::vector<int32_t> w = random_words(random, kRows * kWords);
  const Prepacked<int32_t> prepacked(kPrepackedInt8, w.data(), kRows, kWords);
  CHECK(!cpu::prepacked_int8_shape(w.data(), kRows * kWords),
        "is read where nothing was prepacked");
  if (!prepacked.is_offered()) return;
  const auto shape = cpu::prepacked_int8_shape(prepacked.weights(), prepacked.size());
  if (!CHECK(shape.has_value(), "is not read")) return;
  CHECK(shape->n == kRows && shape->words == kWords, "is of shape [%lld, %lld]",
        static_cast<long long>(shape->n), static_cast<long long>(shape->words));
  CHECK(!cpu::prepacked_int8_shape(prepacked.weights(), prepacked.size() - 1),
        "is read where a part is missing");
  const std::vector<int32_t> beginning(prepacked.weights(), prepacked.weights() + 3);
  CHECK(!cpu::prepacked_int8_shape(beginning.data(), 3), "is read where most is missing");
}

TEST_EACH_ISA(denormal_and_special_scales) {
  Random random(13);
  Problem problem(random, 6, 39, 33);
  problem.set_special_scales();
  for (Activation activation : kActivations) {
    for (bool has_bias : {false, true}) {
      problem.args.bias = has_bias ? problem.bias.data() : nullptr;
      problem.args.activation = activation;
      check(problem);
    }
  }
}

TEST_EACH_ISA(nothing_to_do) { check_empty_products(cpu::matmul_int8); }

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
