// matmulInt4Bf16: within the contract's bound of the float64 reference, exact where float32 is, and
// the same bits for any number of threads.
#include "products.h"

namespace qutlass::test {
namespace {

struct Problem {
  int64_t m, n, k, group_size;
  std::vector<float> x, scales, bias;
  std::vector<int32_t> w, zeros;
  MatmulInt4Args args{};

  Problem(Random& random, int64_t rows, int64_t columns, int64_t depth, int64_t group)
      : m(rows), n(columns), k(depth), group_size(group) {
    const int64_t groups = n * group_count(k, group_size);
    x = random_floats(random, m * k, -2.0f, 2.0f);
    w = random_words(random, n * int4_words(k));  // tails too: they must not count
    scales = random_floats(random, groups, 1e-3f, 1e-1f);
    zeros = random_integers(random, groups, 0, 15);
    bias = random_floats(random, n, -3.0f, 3.0f);
    has_zeros = random.chance(0.5);
    has_bias = random.chance(0.5);
    args.activation = kActivations[random.integer(0, 2)];
    point();
  }
  // args points into this.
  Problem(const Problem&) = delete;
  Problem& operator=(const Problem&) = delete;

  bool has_zeros, has_bias;

  void point() {
    args.x = x.data();
    args.w = w.data();
    args.scales = scales.data();
    args.zeros = has_zeros ? zeros.data() : nullptr;
    args.bias = has_bias ? bias.data() : nullptr;
    args.m = m;
    args.n = n;
    args.k = k;
    args.group_size = group_size;
  }
};

std::vector<float> product_of(Problem& problem) {
  problem.point();
  const MatmulInt4Args& args = problem.args;
  context() =
      format("m %lld, n %lld, k %lld, group size %lld, zeros %d, bias %d, activation %d",
             static_cast<long long>(args.m), static_cast<long long>(args.n),
             static_cast<long long>(args.k), static_cast<long long>(args.group_size),
             args.zeros != nullptr, args.bias != nullptr, static_cast<int>(args.activation));
  return test::product_of(problem.args, cpu::matmul_int4);
}

void check_close(Problem& problem) {
  std::vector<float> y = product_of(problem);
  check_prepacked_groups(problem.args, y, cpu::matmul_int4);
  problem.args.y = y.data();
  reference::check_matmul_int4(problem.args);
}

TEST_EACH_ISA(all_tails) {
  Random random(31);
  for (int64_t k = 0; k <= 300; ++k) {
    Problem problem(random, random.integer(0, 11), random.integer(0, 13), k,
                    random_group_size(random, k));
    check_close(problem);
  }
  for (int64_t m = 0; m <= 9; ++m) {
    for (int64_t n = 0; n <= 9; ++n) {
      const int64_t k = random.integer(0, 200);
      Problem problem(random, m, n, k, random_group_size(random, k));
      check_close(problem);
    }
  }
}

TEST_EACH_ISA(several_blocks) {
  Random random(32);
  const int64_t shapes[][4] = {{1, 3100, 1024, 128}, {1, 700, 1111, 32}, {4, 300, 2048, 2048},
                               {131, 67, 600, 64},   {260, 33, 520, 40}, {7, 50, 3000, 3000},
                               {9, 55, 1536, 768},   {3, 20, 1280, 320}, {30, 70, 1500, 24},
                               {64, 40, 2000, 1000}, {12, 90, 4096, 32}, {40, 33, 8300, 40},
                               {33, 20, 9001, 9001}, {34, 9, 8192, 128}};
  for (const auto& shape : shapes) {
    Problem problem(random, shape[0], shape[1], shape[2], shape[3]);
    check_close(problem);
  }
}

// Of K that kernels for few rows take a part of at once, which may end within a group. Only the
// next part counts.
TEST_EACH_ISA(few_rows_of_large_k) {
  Random random(43);
  const int64_t m = 4, k = 17000;
  for (int64_t group_size : {64, 384, 17000}) {
    Problem problem(random, m, 5, k, group_size);
    problem.x = floats_of_the_end(random, m, k, 616);
    check_close(problem);
  }
}

TEST_EACH_ISA(few_rows_and_all_kinds_of_groups) {
  // Of parts of a vector, of one, of several, and of none of these; K ends with a group, a vector,
  // a word, or none.
  Random random(39);
  for (int64_t m = 1; m <= 8; ++m) {
    for (int64_t group_size : {8, 32, 64, 96, 128, 160, 256, 384, 2000}) {
      for (int64_t k : {1024, 1056, 1288, 1999}) {
        Problem problem(random, m, 9, k, std::min(group_size, k));
        check_close(problem);
      }
    }
  }
}

TEST_EACH_ISA(from_few_rows_to_many) {
  // The numbers of rows, lengths and groups at which one kind of kernel takes over from another.
  Random random(41);
  for (int64_t m : {3, 4, 5, 7, 8, 9, 15, 16, 17, 19, 20, 21}) {
    for (int64_t k : {56, 57, 64, 65, 1000, 2047, 2048, 2200}) {
      for (int64_t group_size : {32, 56, 64, 128, 192, 256, 3000}) {
        Problem problem(random, m, random.integer(1, 40), k, std::min(group_size, k));
        check_close(problem);
      }
    }
  }
}

TEST_EACH_ISA(largest_integers_and_weights) {
  // Sums of bytes that are as large as they can be, each way.
  Random random(40);
  for (int64_t m : {1, 3, 4, 8, 9, 20}) {
    for (int64_t group_size : {32, 64, 128, 1024}) {
      for (int32_t word : {0, -1}) {
        for (float x : {254.0f, -254.0f, 255.0f, 127.5f}) {
          Problem problem(random, m, 5, 1024, group_size);
          problem.has_zeros = true;
          std::fill(problem.x.begin(), problem.x.end(), x);
          std::fill(problem.w.begin(), problem.w.end(), word);
          std::fill(problem.zeros.begin(), problem.zeros.end(), word == 0 ? 15 : 0);
          check_close(problem);
        }
      }
    }
  }
}

TEST_EACH_ISA(exact_where_float32_is) {
  // Small whole x and scales that are powers of two: no sum rounds, so any order is exact.
  Random random(33);
  for (int64_t m : {1, 2, 3, 4, 5, 13}) {
    for (int64_t group_size : {8, 24, 32, 64, 128, 264, 397}) {
      Problem problem(random, m, 29, 397, group_size);
      for (float& x : problem.x) x = static_cast<float>(random.integer(-8, 8));
      for (float& scale : problem.scales) {
        scale = std::ldexp(1.0f, static_cast<int>(random.integer(-2, 2)));
      }
      for (float& bias : problem.bias) bias = static_cast<float>(random.integer(-9, 9));
      std::vector<float> y = product_of(problem), want;
      for (int64_t i = 0; i < m * 29; ++i) {
        const double value = reference::matmul_int4_at(problem.args, i / 29, i % 29).value;
        want.push_back(round_to_bf16(static_cast<float>(value)));
      }
      check_same(y.data(), want.data(), static_cast<int64_t>(want.size()), "y");
    }
  }
}

// Weights that are their zero points wherever x is large: only what is much smaller counts.
void ignore_large_x(Problem& problem, float least) {
  problem.has_zeros = true;
  problem.has_bias = false;
  problem.args.activation = Activation::kLinear;
  std::fill(problem.zeros.begin(), problem.zeros.end(), 5);
  for (int64_t n = 0; n < problem.n; ++n) {
    for (int64_t k = 0; k < problem.k; ++k) {
      if (std::fabs(problem.x[k]) < least) continue;
      int32_t& word = problem.w[n * int4_words(problem.k) + k / kInt4PerWord];
      const int shift = static_cast<int>(k % kInt4PerWord) * 4;
      word = static_cast<int32_t>((static_cast<uint32_t>(word) & ~(0xfu << shift)) | 5u << shift);
    }
  }
}

TEST_EACH_ISA(small_values_beside_large_ones) {
  // Some x are 2^14 times as large as the others, which beside them are beyond the 15 bits of a
  // common unit. Where such x are few, the others are residuals.
  Random random(36);
  for (int64_t m : {1, 3, 8, 20}) {
    for (int64_t distance : {50, 5000}) {
      for (int64_t group_size : {32, 40, 128, 4096}) {
        const int64_t k_size = 4096;
        Problem problem(random, m, 19, k_size, group_size);
        std::vector<float> line = random_floats(random, k_size, 0.5f, 1.0f);
        for (int64_t k = 0; k < k_size; k += distance) line[k] *= 16384.0f;
        for (int64_t i = 0; i < m * k_size; ++i) problem.x[i] = line[i % k_size];
        check_close(problem);
        ignore_large_x(problem, 2.0f);
        check_close(problem);
      }
    }
  }
}

TEST_EACH_ISA(tiny_values) {
  // They have residuals, which count where the weights of all others are zero points.
  Random random(42);
  for (int64_t m : {1, 2, 4, 7, 20}) {
    for (int64_t group_size : {32, 64, 128, 1000}) {
      for (double share : {0.01, 0.03, 0.3}) {
        Problem problem(random, m, 19, 1000, group_size);
        std::vector<float> line = random_floats(random, 1000, -2.0f, 2.0f);
        for (float& x : line) x *= random.chance(share) ? 0x1p-13f : 1.0f;
        for (int64_t i = 0; i < m * 1000; ++i) problem.x[i] = line[i % 1000];
        check_close(problem);
        ignore_large_x(problem, 0x1p-12f);
        check_close(problem);
        problem.x[m * 1000 - 1] = kInfinity;
        check_close(problem);
      }
    }
  }
}

TEST_EACH_ISA(values_of_all_magnitudes) {
  Random random(37);
  for (int64_t m : {1, 2, 9, 17}) {
    for (int64_t group_size : {32, 64, 128, 1000}) {
      for (int octaves : {4, 12, 30, 120}) {
        Problem problem(random, m, 21, 1000, group_size);
        for (float& x : problem.x) {
          x = std::ldexp(x, static_cast<int>(random.integer(-octaves, octaves)) / 2);
        }
        check_close(problem);
      }
    }
  }
}

TEST_EACH_ISA(largest_mantissa) {
  // 255 * 2^7 would be the one 15-bit integer that has no two signed bytes.
  Random random(38);
  for (int64_t m : {1, 2, 9}) {
    for (int64_t group_size : {32, 64, 128, 700}) {
      Problem problem(random, m, 7, 700, group_size);
      for (float& x : problem.x) x = random.chance(0.5) ? 255.0f : -255.0f;
      check_close(problem);
    }
  }
}

TEST_EACH_ISA(rounds_x_to_bf16) {
  // 1 + 2^-8 is a tie and becomes 1, 1 + 3 * 2^-8 becomes 1 + 2^-6; the scale shows the difference.
  for (int64_t m : {1, 5}) {
    std::vector<float> x(m, 1.0f + 0x1p-8f), scales(1, 128.0f);
    x[0] = 1.0f + 3 * 0x1p-8f;
    const int32_t word = 9;
    Guarded<float> y(m);
    MatmulInt4Args args{};
    args.x = x.data();
    args.w = &word;
    args.scales = scales.data();
    args.y = y.data();
    args.m = m;
    args.n = args.k = args.group_size = 1;
    run_product(cpu::matmul_int4, args);
    for (int64_t i = 0; i < m; ++i) {
      const float want = i == 0 ? 130.0f : 128.0f;
      CHECK(y[i] == want, "got %s, expected %g", shown(y[i]).c_str(), static_cast<double>(want));
    }
  }
}

TEST_EACH_ISA(special_values_stay_in_their_rows_and_columns) {
  Random random(34);
  for (int64_t m : {1, 3, 6}) {
    Problem problem(random, m, 5, 130, 64);
    problem.x[5] = kNan;
    if (m > 1) problem.x[130 + 129] = kInfinity;
    if (m > 2) problem.x[2 * 130] = -kInfinity;
    // Every q above its zero point, so that an infinite x gives an infinite y.
    problem.has_zeros = true;
    std::fill(problem.zeros.begin(), problem.zeros.end(), 0);
    for (int32_t& word : problem.w) word |= 0x11111111;
    problem.scales[2 * 3] = kNan;
    problem.args.activation = Activation::kLinear;
    check_close(problem);
  }
}

TEST_EACH_ISA(denormals) {
  // x, scales and results that flushing would lose.
  Random random(35);
  for (int64_t m : {1, 6}) {
    Problem problem(random, m, 9, 200, 40);
    problem.has_bias = false;
    problem.args.activation = Activation::kLinear;
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

TEST_EACH_ISA(nothing_to_do) {
  MatmulInt4Args args{};
  args.group_size = 1;
  run_product(cpu::matmul_int4, args);
  const float bias[] = {1.0f, -2.0f}, scales[] = {kNan, 1.0f};
  Guarded<float> y(2);
  args.m = 1;
  args.n = 2;
  args.scales = scales;
  args.bias = bias;
  args.y = y.data();
  run_product(cpu::matmul_int4, args);
  CHECK(y[0] == 1.0f && y[1] == -2.0f, "an empty sum leaves the bias");
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
