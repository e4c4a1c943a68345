// quantizeInt8, quantizeInt4, quantizeWeightInt8 and quantizeWeightInt4: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

// `symmetric` does not count for int4.
struct RowCase {
  int64_t rows, k;
  bool symmetric;
  ScaleMethod method;
  Rotation rotation;
};

std::string described(const RowCase& c) {
  return format("%lld rows of %lld, symmetric %d, method %d, %s of %lld",
                static_cast<long long>(c.rows), static_cast<long long>(c.k), c.symmetric,
                static_cast<int>(c.method), c.rotation.matrix ? "matrix" : "hadamard",
                static_cast<long long>(c.rotation.block_size));
}

void check_quantize_int8(const std::vector<float>& x, const RowCase& c) {
  context() = "int8, " + described(c);
  const int64_t size = c.rows * int8_words(c.k);
  std::vector<int32_t> values(size), zero(c.rows);
  std::vector<float> scale(c.rows);
  QuantizeInt8Args args{x.data(), values.data(), scale.data(), zero.data(), c.rows,
                        c.k,      c.symmetric,   c.method,     c.rotation};
  reference::quantize_int8(args);
  with_each_thread_count([&] {
    Guarded<int32_t> got_values(size), got_zero(c.rows);
    Guarded<float> got_scale(c.rows);
    args.values = got_values.data();
    args.scale = got_scale.data();
    args.zero = got_zero.data();
    run_op([&] { return cpu::quantize_int8(args); });
    CHECK(got_values.is_intact() && got_scale.is_intact() && got_zero.is_intact(),
          "wrote beyond an output");
    check_same(got_scale.data(), scale.data(), c.rows, "scale");
    check_same(got_zero.data(), zero.data(), c.rows, "zero");
    check_same(got_values.data(), values.data(), size, "values");
  });
}

void check_quantize_int4(const std::vector<float>& x, const RowCase& c) {
  context() = "int4, " + described(c);
  const int64_t size = c.rows * int4_words(c.k);
  std::vector<int32_t> values(size);
  std::vector<float> scale(c.rows);
  QuantizeInt4Args args{x.data(), values.data(), scale.data(), c.rows, c.k, c.method, c.rotation};
  reference::quantize_int4(args);
  with_each_thread_count([&] {
    Guarded<int32_t> got_values(size);
    Guarded<float> got_scale(c.rows);
    args.values = got_values.data();
    args.scale = got_scale.data();
    run_op([&] { return cpu::quantize_int4(args); });
    CHECK(got_values.is_intact() && got_scale.is_intact(), "wrote beyond an output");
    check_same(got_scale.data(), scale.data(), c.rows, "scale");
    check_same(got_values.data(), values.data(), size, "values");
  });
}

void check_rows(Random& random, int64_t rows, int64_t k, double special) {
  std::vector<float> x = mixed_floats(random, rows * k, special);
  for (int64_t row = 0; row < rows; row += 2) make_special_line(x, random, row * k, 1, k);
  const RandomRotation rotation(random, k);
  for (ScaleMethod method : {ScaleMethod::kAbsMax, ScaleMethod::kQuest}) {
    check_quantize_int8(x, {rows, k, true, method, rotation.rotation});
    check_quantize_int4(x, {rows, k, true, method, rotation.rotation});
  }
  check_quantize_int8(x, {rows, k, false, ScaleMethod::kAbsMax, rotation.rotation});
}

TEST_EACH_ISA(quantize_rows) {
  Random random(3);
  for (int64_t k = 0; k <= 300; ++k) {
    check_rows(random, random.integer(0, 5), k, random.chance(0.5) ? 0.01 : 0);
  }
  for (int64_t k = 4090; k <= 4100; ++k) check_rows(random, 1, k, 0);
  for (int64_t k : {1024, 2048, 3072, 12288, 20480, 40007}) check_rows(random, 2, k, 0);
  check_rows(random, 301, 517, 0.001);
}

TEST_EACH_ISA(quantize_int4_by_hand) {
  // Its largest magnitude is 7, so the step is 1; ties go to even, and the tail stands for 0.
  const float x[] = {7.0f, -7.0f, 0.5f, 1.5f, -2.5f, 0.0f, 3.0f, -1.0f, 5.0f};
  Guarded<int32_t> values(2);
  Guarded<float> scale(1);
  QuantizeInt4Args args{x, values.data(), scale.data(), 1, 9, ScaleMethod::kAbsMax, {}};
  run_op([&] { return cpu::quantize_int4(args); });
  CHECK(scale[0] == 1.0f, "scale %g", static_cast<double>(scale[0]));
  CHECK(static_cast<uint32_t>(values[0]) == 0x7b86a81fu, "word 0x%08x", values[0]);
  CHECK(static_cast<uint32_t>(values[1]) == 0x8888888du, "word 0x%08x", values[1]);

  // The root of the mean of 0 and 4 * 16 / 4 is 4: what is beyond 2.51393 times that is clipped.
  const float y[] = {8.0f, 0.0f, 0.0f, 0.0f};
  args = {y, values.data(), scale.data(), 1, 4, ScaleMethod::kQuest, {}};
  run_op([&] { return cpu::quantize_int4(args); });
  const float limit = kQuestInt4 * 4.0f;
  CHECK(scale[0] == limit / 7.0f, "scale %g", static_cast<double>(scale[0]));
  CHECK(static_cast<uint32_t>(values[0]) == 0x8888888eu, "word 0x%08x", values[0]);
}

TEST_EACH_ISA(quantize_int8_by_hand) {
  // One row: amax 127, so the step is 1; ties go to even. The other's range is 255 steps.
  const float x[] = {127.0f, -127.0f, 0.5f, 1.5f, -2.5f, 0.0f};
  Guarded<int32_t> values(2), zero(1);
  Guarded<float> scale(1);
  QuantizeInt8Args args{};
  args.x = x;
  args.values = values.data();
  args.scale = scale.data();
  args.zero = zero.data();
  args.rows = 1;
  args.k = 6;
  args.symmetric = true;
  run_op([&] { return cpu::quantize_int8(args); });
  CHECK(scale[0] == 1.0f && zero[0] == 0, "scale %g, zero %d", static_cast<double>(scale[0]),
        zero[0]);
  CHECK(static_cast<uint32_t>(values[0]) == 0x0200817fu, "word 0x%08x", values[0]);
  CHECK(static_cast<uint32_t>(values[1]) == 0x000000feu, "word 0x%08x", values[1]);

  const float y[] = {-127.0f, 128.0f, 0.0f};
  args.x = y;
  args.k = 3;
  args.symmetric = false;
  run_op([&] { return cpu::quantize_int8(args); });
  CHECK(scale[0] == 1.0f && zero[0] == -1, "scale %g, zero %d", static_cast<double>(scale[0]),
        zero[0]);
  CHECK(static_cast<uint32_t>(values[0]) == 0x00ff7f80u, "word 0x%08x", values[0]);
}

std::vector<float> random_kernel(Random& random, int64_t k, int64_t n) {
  std::vector<float> kernel = mixed_floats(random, k * n, random.chance(0.5) ? 0.005 : 0);
  for (int64_t column = 0; column < n; column += 3) {
    make_special_line(kernel, random, k > 0 ? column : 0, n, k);
  }
  return kernel;
}

void check_weight_int8(Random& random, int64_t k, int64_t n) {
  context() = format("k %lld, n %lld", static_cast<long long>(k), static_cast<long long>(n));
  const std::vector<float> kernel = random_kernel(random, k, n);
  const int64_t size = n * int8_words(k);
  std::vector<int32_t> values(size);
  std::vector<float> scale(n);
  reference::quantize_weight_int8({kernel.data(), values.data(), scale.data(), k, n});
  with_each_thread_count([&] {
    Guarded<int32_t> got_values(size);
    Guarded<float> got_scale(n);
    run_op([&] {
      return cpu::quantize_weight_int8({kernel.data(), got_values.data(), got_scale.data(), k, n});
    });
    CHECK(got_values.is_intact() && got_scale.is_intact(), "wrote beyond an output");
    check_same(got_scale.data(), scale.data(), n, "scale");
    check_same(got_values.data(), values.data(), size, "values");
  });
}

TEST_EACH_ISA(quantize_weight_int8) {
  Random random(4);
  for (int64_t k = 0; k <= 70; ++k) check_weight_int8(random, k, random.integer(0, 40));
  for (int64_t n : {1, 15, 16, 17, 127, 128, 129, 300}) check_weight_int8(random, 131, n);
  check_weight_int8(random, 400, 500);
}

void check_weight_int4(Random& random, int64_t k, int64_t n, int64_t group_size, bool symmetric) {
  context() = format("k %lld, n %lld, group size %lld, symmetric %d", static_cast<long long>(k),
                     static_cast<long long>(n), static_cast<long long>(group_size), symmetric);
  const std::vector<float> kernel = random_kernel(random, k, n);
  const int64_t size = n * int4_words(k), groups = n * group_count(k, group_size);
  std::vector<int32_t> values(size), zeros(groups);
  std::vector<float> scales(groups);
  reference::quantize_weight_int4(
      {kernel.data(), values.data(), scales.data(), zeros.data(), k, n, group_size, symmetric});
  with_each_thread_count([&] {
    Guarded<int32_t> got_values(size), got_zeros(groups);
    Guarded<float> got_scales(groups);
    run_op([&] {
      return cpu::quantize_weight_int4({kernel.data(), got_values.data(), got_scales.data(),
                                        got_zeros.data(), k, n, group_size, symmetric});
    });
    CHECK(got_values.is_intact() && got_scales.is_intact() && got_zeros.is_intact(),
          "wrote beyond an output");
    check_same(got_scales.data(), scales.data(), groups, "scales");
    check_same(got_zeros.data(), zeros.data(), groups, "zeros");
    check_same(got_values.data(), values.data(), size, "values");
  });
}

TEST_EACH_ISA(quantize_weight_int4) {
  Random random(5);
  for (bool symmetric : {true, false}) {
    for (int64_t k = 0; k <= 70; ++k) {
      check_weight_int4(random, k, random.integer(0, 20), std::max<int64_t>(k, 1), symmetric);
      check_weight_int4(random, k, random.integer(0, 20), 8 * random.integer(1, 5), symmetric);
    }
    for (int64_t group_size : {32, 64, 128}) {
      check_weight_int4(random, 300, 200, group_size, symmetric);
    }
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
