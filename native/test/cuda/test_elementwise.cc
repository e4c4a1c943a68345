// Packing, unpacking and dequantizing: the bits of the reference.
#include "harness.h"

namespace qutlass::test {
namespace {

struct Format {
  const char* name;
  int per_word;
  int32_t low, high;
  bool is_signed;
  const char* (*pack)(const PackArgs&, cuda::Stream);
  const char* (*unpack)(const UnpackArgs&, cuda::Stream);
  void (*reference_pack)(const PackArgs&);
  void (*reference_unpack)(const UnpackArgs&);

  int64_t words(int64_t k) const { return (k + per_word - 1) / per_word; }
};

const Format kFormats[] = {
    {"int8", 4, -128, 127, true, cuda::pack_int8, cuda::unpack_int8, reference::pack_int8,
     reference::unpack_int8},
    {"int4", 8, 0, 15, false, cuda::pack_int4, cuda::unpack_int4, reference::pack_int4,
     reference::unpack_int4},
    {"signed int4", 8, -8, 7, true, cuda::pack_int4, cuda::unpack_int4, reference::pack_int4,
     reference::unpack_int4},
};

// Shapes with every tail, many short rows, long rows, and so much that a thread has several pieces.
template <typename Body>
void for_each_shape(Random& random, const Body& body) {
  for (int64_t k = 0; k <= 40; ++k) body(random.integer(0, 9), k);
  body(3000, 3);
  body(7, 5001);
  body(130, 1024);
  body(1200, 4099);
}

std::vector<int32_t> packed_on_device(const Format& format, const std::vector<int32_t>* integers,
                                      const std::vector<float>* floats, int64_t rows, int64_t k,
                                      int64_t shift) {
  DeviceBuffer<int32_t> packed(rows * format.words(k));
  PackArgs args{nullptr, nullptr, packed.data(), rows, k, format.is_signed};
  if (integers) {
    DeviceBuffer<int32_t> source(*integers, shift);
    args.integers = source.data();
    run_op([&] { return format.pack(args, nullptr); });
  } else {
    DeviceBuffer<float> source(*floats, shift);
    args.floats = source.data();
    run_op([&] { return format.pack(args, nullptr); });
  }
  return packed.read("packed");
}

TEST_ON_GPU(pack) {
  Random random(1);
  for (const Format& format : kFormats) {
    for_each_shape(random, [&](int64_t rows, int64_t k) {
      context() = test::format("%s, %d rows of %d", format.name, static_cast<int>(rows),
                               static_cast<int>(k));
      const auto integers = random_integers(random, rows * k, format.low, format.high);
      std::vector<float> floats(integers.begin(), integers.end());
      for (float& value : floats) value += random.chance(0.3) ? random.uniform(-0.4f, 0.4f) : 0.0f;
      std::vector<int32_t> want(rows * format.words(k));
      format.reference_pack({integers.data(), nullptr, want.data(), rows, k, format.is_signed});
      for (int64_t shift : {0, 1}) {
        const auto got = packed_on_device(format, &integers, nullptr, rows, k, shift);
        check_same(got.data(), want.data(), static_cast<int64_t>(want.size()), "from integers");
        const auto got_floats = packed_on_device(format, nullptr, &floats, rows, k, shift);
        check_same(got_floats.data(), want.data(), static_cast<int64_t>(want.size()),
                   "from floats");
      }
    });
  }
}

TEST_ON_GPU(pack_rounds_to_even_and_clamps) {
  for (const Format& format : kFormats) {
    const auto low = static_cast<float>(format.low);
    const auto high = static_cast<float>(format.high);
    const std::vector<float> floats{0.5f,  1.5f,      2.5f,       high + 0.5f, low - 0.6f,
                                    1e20f, kInfinity, -kInfinity, kNan,        -1e20f};
    const std::vector<float> clamped{0, 2, 2, high, low, high, high, low, 0, low};
    const auto got = packed_on_device(format, nullptr, &floats, 1, 10, 0);
    const auto want = packed_on_device(format, nullptr, &clamped, 1, 10, 0);
    check_same(got.data(), want.data(), static_cast<int64_t>(want.size()), format.name);

    const std::vector<int32_t> integers{format.high + 1, format.low - 1,
                                        std::numeric_limits<int32_t>::max(),
                                        std::numeric_limits<int32_t>::min()};
    const std::vector<int32_t> in_range{format.high, format.low, format.high, format.low};
    const auto got_integers = packed_on_device(format, &integers, nullptr, 1, 4, 0);
    const auto want_integers = packed_on_device(format, &in_range, nullptr, 1, 4, 0);
    check_same(got_integers.data(), want_integers.data(), 1, format.name);
  }
}

TEST_ON_GPU(unpack) {
  Random random(2);
  for (const Format& format : kFormats) {
    for_each_shape(random, [&](int64_t rows, int64_t k) {
      context() = test::format("%s, %d rows of %d", format.name, static_cast<int>(rows),
                               static_cast<int>(k));
      const auto words = random_words(random, rows * format.words(k));
      std::vector<int32_t> want(rows * k);
      format.reference_unpack({words.data(), want.data(), rows, k, format.is_signed});
      DeviceBuffer<int32_t> packed(words);
      DeviceBuffer<int32_t> integers(rows * k, k % 4);
      run_op([&] {
        return format.unpack({packed.data(), integers.data(), rows, k, format.is_signed}, nullptr);
      });
      const auto got = integers.read("integers");
      check_same(got.data(), want.data(), rows * k, "integers");
    });
  }
}

// Scales of all magnitudes, denormal products among them.
std::vector<float> random_scales(Random& random, int64_t size) {
  std::vector<float> scales(size);
  for (float& scale : scales) {
    scale = std::ldexp(random.uniform(1, 2), static_cast<int>(random.integer(-140, 10)));
    if (random.chance(0.05)) scale = kNan;
  }
  return scales;
}

TEST_ON_GPU(dequantize_int8) {
  Random random(3);
  for (bool has_zero : {false, true}) {
    for_each_shape(random, [&](int64_t rows, int64_t k) {
      context() =
          format("%d rows of %d, zero %d", static_cast<int>(rows), static_cast<int>(k), has_zero);
      const auto values = random_words(random, rows * int8_words(k));
      const auto scale = random_scales(random, rows);
      const auto zero = random_integers(random, rows, -128, 127);
      std::vector<float> want(rows * k);
      reference::dequantize_int8(
          {values.data(), scale.data(), has_zero ? zero.data() : nullptr, want.data(), rows, k});
      DeviceBuffer<int32_t> d_values(values), d_zero(zero);
      DeviceBuffer<float> d_scale(scale), x(rows * k, k % 4);
      run_op([&] {
        return cuda::dequantize_int8({d_values.data(), d_scale.data(),
                                      has_zero ? d_zero.data() : nullptr, x.data(), rows, k},
                                     nullptr);
      });
      check_same(x.read("x").data(), want.data(), rows * k, "x");
    });
  }
}

TEST_ON_GPU(dequantize_int4) {
  Random random(4);
  for (bool has_zeros : {false, true}) {
    for_each_shape(random, [&](int64_t rows, int64_t k) {
      const int64_t group_size =
          random.chance(0.3) ? std::max<int64_t>(k, 1) : 8 * random.integer(1, 20);
      context() = format("%d rows of %d, group size %d, zeros %d", static_cast<int>(rows),
                         static_cast<int>(k), static_cast<int>(group_size), has_zeros);
      const int64_t groups = rows * group_count(k, group_size);
      const auto values = random_words(random, rows * int4_words(k));
      const auto scales = random_scales(random, groups);
      const auto zeros = random_integers(random, groups, 0, 15);
      std::vector<float> want(rows * k);
      reference::dequantize_int4({values.data(), scales.data(), has_zeros ? zeros.data() : nullptr,
                                  want.data(), rows, k, group_size});
      DeviceBuffer<int32_t> d_values(values), d_zeros(zeros);
      DeviceBuffer<float> d_scales(scales), x(rows * k, k % 4);
      run_op([&] {
        return cuda::dequantize_int4(
            {d_values.data(), d_scales.data(), has_zeros ? d_zeros.data() : nullptr, x.data(), rows,
             k, group_size},
            nullptr);
      });
      check_same(x.read("x").data(), want.data(), rows * k, "x");
    });
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
