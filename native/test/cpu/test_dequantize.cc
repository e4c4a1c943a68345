// dequantizeInt8 and dequantizeInt4: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

// Scales of all magnitudes, denormal products among them.
std::vector<float> random_scales(Random& random, int64_t size) {
  std::vector<float> scales(size);
  for (float& scale : scales) {
    scale = std::ldexp(random.uniform(1, 2), static_cast<int>(random.integer(-140, 10)));
    if (random.chance(0.05)) scale = kNan;
  }
  return scales;
}

void check_int8(Random& random, int64_t rows, int64_t k, bool has_zero) {
  context() = format("%lld rows of %lld, zero %d", static_cast<long long>(rows),
                     static_cast<long long>(k), has_zero);
  const std::vector<int32_t> values = random_words(random, rows * int8_words(k));
  const std::vector<float> scale = random_scales(random, rows);
  const std::vector<int32_t> zero = random_integers(random, rows, -128, 127);
  std::vector<float> want(rows * k);
  DequantizeInt8Args args{values.data(), scale.data(), has_zero ? zero.data() : nullptr,
                          want.data(),   rows,         k};
  reference::dequantize_int8(args);
  with_each_thread_count([&] {
    Guarded<float> got(rows * k);
    args.x = got.data();
    run_op([&] { return cpu::dequantize_int8(args); });
    CHECK(got.is_intact(), "wrote beyond x");
    check_same(got.data(), want.data(), rows * k, "x");
  });
}

TEST_EACH_ISA(dequantize_int8) {
  Random random(6);
  for (bool has_zero : {false, true}) {
    for (int64_t k = 0; k <= 40; ++k) check_int8(random, random.integer(0, 9), k, has_zero);
    check_int8(random, 700, 519, has_zero);
  }
}

void check_int4(Random& random, int64_t rows, int64_t k, int64_t group_size, bool has_zeros) {
  context() = format("%lld rows of %lld, group size %lld, zeros %d", static_cast<long long>(rows),
                     static_cast<long long>(k), static_cast<long long>(group_size), has_zeros);
  const int64_t groups = rows * group_count(k, group_size);
  const std::vector<int32_t> values = random_words(random, rows * int4_words(k));
  const std::vector<float> scales = random_scales(random, groups);
  const std::vector<int32_t> zeros = random_integers(random, groups, 0, 15);
  std::vector<float> want(rows * k);
  DequantizeInt4Args args{values.data(), scales.data(), has_zeros ? zeros.data() : nullptr,
                          want.data(),   rows,          k,
                          group_size};
  reference::dequantize_int4(args);
  with_each_thread_count([&] {
    Guarded<float> got(rows * k);
    args.x = got.data();
    run_op([&] { return cpu::dequantize_int4(args); });
    CHECK(got.is_intact(), "wrote beyond x");
    check_same(got.data(), want.data(), rows * k, "x");
  });
}

TEST_EACH_ISA(dequantize_int4) {
  Random random(7);
  for (bool has_zeros : {false, true}) {
    for (int64_t k = 0; k <= 70; ++k) {
      check_int4(random, random.integer(0, 9), k, std::max<int64_t>(k, 1), has_zeros);
      check_int4(random, random.integer(0, 9), k, 8 * random.integer(1, 5), has_zeros);
    }
    check_int4(random, 700, 519, 128, has_zeros);
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
