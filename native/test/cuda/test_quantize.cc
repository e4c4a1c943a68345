// The quantizers of activations and of weights: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

// What is done to rows; `symmetric` does not count for int4.
struct RowCase {
  int64_t rows, k;
  bool symmetric;
  ScaleMethod method;
  Rotation rotation;  // its matrix on the host
  int64_t shift;      // of x, as DeviceBuffer has it
};

std::string described(const char* format_name, const RowCase& c) {
  return format("%s, %d rows of %d, symmetric %d, method %d, %s of %d, shift %d", format_name,
                static_cast<int>(c.rows), static_cast<int>(c.k), c.symmetric,
                static_cast<int>(c.method), c.rotation.matrix ? "matrix" : "hadamard",
                static_cast<int>(c.rotation.block_size), static_cast<int>(c.shift));
}

void check_int8(const std::vector<float>& x, const RowCase& c) {
  context() = described("int8", c);
  const int64_t size = c.rows * int8_words(c.k);
  std::vector<int32_t> values(size), zero(c.rows);
  std::vector<float> scale(c.rows);
  QuantizeInt8Args args{x.data(), values.data(), scale.data(), zero.data(), c.rows,
                        c.k,      c.symmetric,   c.method,     c.rotation};
  reference::quantize_int8(args);
  DeviceBuffer<float> d_x(x, c.shift), d_scale(c.rows);
  DeviceBuffer<int32_t> d_values(size), d_zero(c.rows);
  const DeviceRotation rotation(c.rotation);
  args.x = d_x.data();
  args.values = d_values.data();
  args.scale = d_scale.data();
  args.zero = d_zero.data();
  args.rotation = rotation.get();
  run_op([&] { return cuda::quantize_int8(args, nullptr); });
  check_same(d_scale.read("scale").data(), scale.data(), c.rows, "scale");
  check_same(d_zero.read("zero").data(), zero.data(), c.rows, "zero");
  check_same(d_values.read("values").data(), values.data(), size, "values");
}

void check_int4(const std::vector<float>& x, const RowCase& c) {
  context() = described("int4", c);
  const int64_t size = c.rows * int4_words(c.k);
  std::vector<int32_t> values(size);
  std::vector<float> scale(c.rows);
  QuantizeInt4Args args{x.data(), values.data(), scale.data(), c.rows, c.k, c.method, c.rotation};
  reference::quantize_int4(args);
  DeviceBuffer<float> d_x(x, c.shift), d_scale(c.rows);
  DeviceBuffer<int32_t> d_values(size);
  const DeviceRotation rotation(c.rotation);
  args.x = d_x.data();
  args.values = d_values.data();
  args.scale = d_scale.data();
  args.rotation = rotation.get();
  run_op([&] { return cuda::quantize_int4(args, nullptr); });
  check_same(d_scale.read("scale").data(), scale.data(), c.rows, "scale");
  check_same(d_values.read("values").data(), values.data(), size, "values");
}

void check_int8(const std::vector<float>& x, int64_t rows, int64_t k, bool symmetric,
                int64_t shift) {
  check_int8(x, {rows, k, symmetric, ScaleMethod::kAbsMax, {}, shift});
}

std::vector<float> random_rows(Random& random, int64_t rows, int64_t k) {
  std::vector<float> x = mixed_floats(random, rows * k, random.chance(0.5) ? 0.01 : 0);
  for (int64_t row = 0; row < rows; row += 2) make_special_line(x, random, row * k, 1, k);
  return x;
}

void check_int8(Random& random, int64_t rows, int64_t k, bool symmetric, int64_t shift) {
  check_int8(random_rows(random, rows, k), rows, k, symmetric, shift);
}

TEST_ON_GPU(quantize_int8) {
  Random random(3);
  for (bool symmetric : {true, false}) {
    for (int64_t k = 0; k <= 40; ++k) {
      check_int8(random, random.integer(0, 9), k, symmetric, k % 4);
    }
    for (int64_t k : {127, 128, 129, 1000, 4096, 4097, 8191, 8192}) {
      check_int8(random, 5, k, symmetric, 0);
      check_int8(random, 2, k, symmetric, 2);
    }
  }
}

// Rows longer than the threads of a block hold, than they and shared memory hold, and the least
// that need a batch more.
constexpr int64_t kLongRows[] = {8193, 16384, 16385, 28672, 60003};

TEST_ON_GPU(quantize_int8_long_rows) {
  Random random(6);
  for (bool symmetric : {true, false}) {
    for (int64_t k : kLongRows) check_int8(random, 5, k, symmetric, 0);
  }
}

// More rows than a device has room for at once, of up to the words that a warp holds and one more.
constexpr int64_t kShortRows[] = {1, 65, 768, 1023, 1024, 1025};

TEST_ON_GPU(quantize_int8_many_rows) {
  Random random(7);
  for (bool symmetric : {true, false}) {
    for (int64_t k : kShortRows) check_int8(random, 3001, k, symmetric, k % 2);
  }
}

// Rows whose inverse is 1, so that halves are ties; the last row's greatest value rounds to 128.
TEST_ON_GPU(quantize_int8_rounds_half_to_even) {
  constexpr int64_t kSteps = 509;  // -127, -126.5, ..., 127
  std::vector<float> x(kSteps);
  for (int64_t i = 0; i < kSteps; ++i) x[i] = -127.0f + 0.5f * static_cast<float>(i);
  check_int8(x, 1, kSteps, true, 0);
  for (float& value : x) value += 26.0f;
  x.push_back(-102.0f);
  check_int8(x, 1, kSteps + 1, false, 1);
  check_int8({-101.5f, 153.5f, 0.5f, -0.5f, 1.5f}, 1, 5, false, 0);
}

TEST_ON_GPU(quantize_int4_rounds_half_to_even) {
  std::vector<float> x;
  for (int i = -14; i <= 14; ++i) x.push_back(0.5f * static_cast<float>(i));
  check_int4(x, {1, 29, true, ScaleMethod::kAbsMax, {}, 0});
}

// Every method and format on the same rows.
void check_methods(Random& random, int64_t rows, int64_t k, const Rotation& rotation,
                   int64_t shift) {
  const std::vector<float> x = random_rows(random, rows, k);
  for (ScaleMethod method : {ScaleMethod::kAbsMax, ScaleMethod::kQuest}) {
    check_int8(x, {rows, k, true, method, rotation, shift});
    check_int4(x, {rows, k, true, method, rotation, shift});
  }
  check_int8(x, {rows, k, false, ScaleMethod::kAbsMax, rotation, shift});
}

TEST_ON_GPU(methods_and_rotations) {
  Random random(8);
  for (int64_t k = 0; k <= 130; ++k) {
    const RandomRotation rotation(random, k);
    check_methods(random, random.integer(0, 5), k, rotation.rotation, k % 4);
  }
  for (int64_t k : {1024, 2048, 3072, 12288}) {
    for (int64_t size : kHadamardSizes) check_methods(random, 3, k, {size, nullptr}, 0);
  }
  for (int64_t k : kShortRows) {
    const RandomRotation rotation(random, k);
    check_methods(random, 1100, k, rotation.rotation, k % 2);
  }
  check_methods(random, 1100, 1024, {1024, nullptr}, 0);
}

// Many rows of quarters of a warp's values, which do not fill the last block of threads.
TEST_ON_GPU(rows_of_quarters_of_warps) {
  Random random(11);
  for (int64_t k : {256, 512, 768}) {
    for (int64_t size : kHadamardSizes) {
      if (k % size == 0) check_methods(random, 1100 + size / 16 % 5, k, {size, nullptr}, 0);
    }
    check_methods(random, 3001, k, {128, nullptr}, 1);
  }
  check_methods(random, 1100, 0, {128, nullptr}, 0);
}

TEST_ON_GPU(methods_and_rotations_of_long_rows) {
  Random random(9);
  for (int64_t k : kLongRows) {
    check_methods(random, 2, k, {}, 0);
    const RandomRotation rotation(random, k);
    check_methods(random, 2, k, rotation.rotation, 0);
  }
  check_methods(random, 2, 65536, {1024, nullptr}, 0);
  check_methods(random, 1, 150000, {}, 1);  // more chunks than a warp has lanes
}

// More rows than a device takes at once: each warp or block goes on to others, which it copies
// while it is busy with those before them. Of 65536 values not all have room.
TEST_ON_GPU(more_rows_than_run_at_once) {
  Random random(10);
  const int64_t shapes[][2] = {{9000, 64}, {9000, 1024}, {5000, 1040}, {3000, 4096}, {700, 20480}};
  for (const auto& [rows, k] : shapes) {
    check_methods(random, rows, k, {16, nullptr}, 0);
    check_int4(random_rows(random, rows, k), {rows, k, true, ScaleMethod::kQuest, {}, 1});
  }
  const std::vector<float> x = random_rows(random, 300, 65536);
  check_int8(x, {300, 65536, true, ScaleMethod::kAbsMax, {256, nullptr}, 0});
}

TEST_ON_GPU(rows_too_long_for_quest_are_a_reason) {
  QuantizeInt4Args args{};
  args.rows = 1;
  args.k = (int64_t{1} << 24) + 1;
  args.method = ScaleMethod::kQuest;
  const char* reason = cuda::quantize_int4(args, nullptr);
  CHECK(reason && std::strstr(reason, "quantize_int4: K is 16777217, expected at most 16777216"),
        "got '%s'", reason);
}

std::vector<float> random_kernel(Random& random, int64_t k, int64_t n) {
  std::vector<float> kernel = mixed_floats(random, k * n, random.chance(0.5) ? 0.005 : 0);
  for (int64_t column = 0; column < n; column += 3) {
    if (k > 0) make_special_line(kernel, random, column, n, k);
  }
  return kernel;
}

void check_weight_int8(Random& random, int64_t k, int64_t n) {
  context() = format("k %d, n %d", static_cast<int>(k), static_cast<int>(n));
  const std::vector<float> kernel = random_kernel(random, k, n);
  const int64_t size = n * int8_words(k);
  std::vector<int32_t> values(size);
  std::vector<float> scale(n);
  reference::quantize_weight_int8({kernel.data(), values.data(), scale.data(), k, n});
  DeviceBuffer<float> d_kernel(kernel), d_scale(n);
  DeviceBuffer<int32_t> d_values(size);
  run_op([&] {
    return cuda::quantize_weight_int8({d_kernel.data(), d_values.data(), d_scale.data(), k, n},
                                      nullptr);
  });
  check_same(d_scale.read("scale").data(), scale.data(), n, "scale");
  check_same(d_values.read("values").data(), values.data(), size, "values");
}

TEST_ON_GPU(quantize_weight_int8) {
  Random random(4);
  for (int64_t k = 0; k <= 70; ++k) check_weight_int8(random, k, random.integer(0, 40));
  for (int64_t n : {1, 31, 32, 33, 300}) check_weight_int8(random, 131, n);
  check_weight_int8(random, 1000, 500);
}

void check_weight_int4(Random& random, int64_t k, int64_t n, int64_t group_size, bool symmetric) {
  context() = format("k %d, n %d, group size %d, symmetric %d", static_cast<int>(k),
                     static_cast<int>(n), static_cast<int>(group_size), symmetric);
  const std::vector<float> kernel = random_kernel(random, k, n);
  const int64_t size = n * int4_words(k), groups = n * group_count(k, group_size);
  std::vector<int32_t> values(size), zeros(groups);
  std::vector<float> scales(groups);
  reference::quantize_weight_int4(
      {kernel.data(), values.data(), scales.data(), zeros.data(), k, n, group_size, symmetric});
  DeviceBuffer<float> d_kernel(kernel), d_scales(groups);
  DeviceBuffer<int32_t> d_values(size), d_zeros(groups);
  run_op([&] {
    return cuda::quantize_weight_int4({d_kernel.data(), d_values.data(), d_scales.data(),
                                       d_zeros.data(), k, n, group_size, symmetric},
                                      nullptr);
  });
  check_same(d_scales.read("scales").data(), scales.data(), groups, "scales");
  check_same(d_zeros.read("zeros").data(), zeros.data(), groups, "zeros");
  check_same(d_values.read("values").data(), values.data(), size, "values");
}

TEST_ON_GPU(quantize_weight_int4) {
  Random random(5);
  for (bool symmetric : {true, false}) {
    for (int64_t k = 0; k <= 70; ++k) {
      check_weight_int4(random, k, random.integer(0, 20), std::max<int64_t>(k, 1), symmetric);
      check_weight_int4(random, k, random.integer(0, 20), 8 * random.integer(1, 5), symmetric);
    }
    for (int64_t group_size : {8, 32, 64, 128, 600}) {
      check_weight_int4(random, 600, 200, group_size, symmetric);
    }
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
