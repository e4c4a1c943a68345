// packInt4, packInt8 and back.
#include "harness.h"

namespace qutlass::test {
namespace {

struct Format {
  const char* name;
  const char* (*pack)(const PackArgs&);
  const char* (*unpack)(const UnpackArgs&);
  void (*reference_pack)(const PackArgs&);
  int64_t per_word;
  int32_t low, high;
  bool is_signed;
};

const Format kFormats[] = {
    {"packInt4", cpu::pack_int4, cpu::unpack_int4, reference::pack_int4, 8, 0, 15, false},
    {"packInt4", cpu::pack_int4, cpu::unpack_int4, reference::pack_int4, 8, -8, 7, true},
    {"packInt8", cpu::pack_int8, cpu::unpack_int8, reference::pack_int8, 4, -128, 127, false},
};

int64_t words_of(const Format& format, int64_t k) {
  return (k + format.per_word - 1) / format.per_word;
}

// Floats that round to `integers`: within half a step, ties where the integer is even.
std::vector<float> floats_around(Random& random, const std::vector<int32_t>& integers) {
  std::vector<float> floats;
  for (int32_t value : integers) {
    const float reach = value % 2 == 0 ? 0.5f : 0.484375f;
    const float offset = random.chance(0.5) ? reach : random.uniform(-reach, reach);
    floats.push_back(static_cast<float>(value) + (random.chance(0.5) ? offset : -offset));
  }
  return floats;
}

void check_round_trip(const Format& format, Random& random, int64_t rows, int64_t k) {
  context() = test::format("%s %d..%d, %lld rows of %lld", format.name, format.low, format.high,
                           static_cast<long long>(rows), static_cast<long long>(k));
  const std::vector<int32_t> integers = random_integers(random, rows * k, format.low, format.high);
  const std::vector<float> floats = floats_around(random, integers);
  std::vector<int32_t> want(rows * words_of(format, k));
  format.reference_pack({integers.data(), nullptr, want.data(), rows, k, format.is_signed});
  with_each_thread_count([&] {
    for (bool from_floats : {false, true}) {
      Guarded<int32_t> packed(want.size());
      run_op([&] {
        return format.pack({from_floats ? nullptr : integers.data(),
                            from_floats ? floats.data() : nullptr, packed.data(), rows, k,
                            format.is_signed});
      });
      CHECK(packed.is_intact(), "wrote beyond the packed words");
      check_same(packed.data(), want.data(), packed.size(), "packed");
    }
    Guarded<int32_t> unpacked(rows * k);
    run_op([&] {
      return format.unpack({want.data(), unpacked.data(), rows, k, format.is_signed});
    });
    CHECK(unpacked.is_intact(), "wrote beyond the integers");
    check_same(unpacked.data(), integers.data(), unpacked.size(), "unpacked");
  });
}

TEST_EACH_ISA(packs_and_unpacks) {
  Random random(1);
  for (const Format& format : kFormats) {
    for (int64_t k = 0; k <= 70; ++k) check_round_trip(format, random, random.integer(0, 5), k);
    check_round_trip(format, random, 1, 300001);
    check_round_trip(format, random, 3000, 129);
  }
}

TEST_EACH_ISA(unpacks_any_bits) {
  Random random(2);
  const int64_t rows = 7, k = 61;
  for (const Format& format : kFormats) {
    const std::vector<int32_t> words = random_words(random, rows * words_of(format, k));
    Guarded<int32_t> got(rows * k);
    std::vector<int32_t> want(rows * k);
    const UnpackArgs args{words.data(), want.data(), rows, k, format.is_signed};
    format.per_word == 8 ? reference::unpack_int4(args) : reference::unpack_int8(args);
    run_op([&] { return format.unpack({words.data(), got.data(), rows, k, format.is_signed}); });
    check_same(got.data(), want.data(), got.size(), "unpacked");
  }
}

// Packs `size` zeros of which one is `bad`: it must be named, and nothing be written.
template <typename T>
void check_refused(const Format& format, T bad, const char* shown) {
  constexpr int64_t kSize = 200000;
  constexpr int64_t kIndex = 150005;
  const std::string want = test::format("value %s at index %d is out of range %d..%d", shown,
                                        static_cast<int>(kIndex), format.low, format.high);
  std::vector<T> values(kSize, T(0));
  values[kIndex] = values[kIndex + 1] = values[kSize - 1] = bad;
  Guarded<int32_t> packed(words_of(format, kSize)), untouched(packed.size());
  PackArgs args{nullptr, nullptr, packed.data(), 1, kSize, format.is_signed};
  if constexpr (std::is_same<T, float>::value) {
    args.floats = values.data();
  } else {
    args.integers = values.data();
  }
  with_each_thread_count([&] {
    const char* error = format.pack(args);
    CHECK(error && want == error, "got '%s', expected '%s'", error, want.c_str());
    check_same(packed.data(), untouched.data(), packed.size(), "packed");
  });
}

TEST_EACH_ISA(refuses_what_is_out_of_range) {
  for (const Format& format : kFormats) {
    const int32_t bad_integers[] = {format.low - 1, format.high + 1,
                                    std::numeric_limits<int32_t>::min(),
                                    std::numeric_limits<int32_t>::max()};
    for (int32_t bad : bad_integers) check_refused(format, bad, std::to_string(bad).c_str());
    const float above = static_cast<float>(format.high) + 0.5f;
    const float below = std::nextafter(static_cast<float>(format.low) - 0.5f, -kInfinity);
    check_refused(format, above, test::format("%.9g", static_cast<double>(above)).c_str());
    check_refused(format, below, test::format("%.9g", static_cast<double>(below)).c_str());
    check_refused(format, kNan, "NaN");
    check_refused(format, kInfinity, "Infinity");
    check_refused(format, -kInfinity, "-Infinity");
    check_refused(format, 1e20f, "1.00000002e+20");
  }
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
