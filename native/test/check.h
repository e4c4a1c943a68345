// A test harness in one header: named tests, checks that report and go on, seeded random numbers,
// and buffers whose borders are watched.
//
//   TEST(rows_of_zeros) {
//     Guarded<float> scale(3);
//     ...
//     CHECK(scale[0] == 1.0f, "scale is %g, expected 1", scale[0]);
//   }
//   TEST_MAIN()
//
// The executable runs the tests whose names contain one of its arguments, or all of them, and
// exits with 0, with 1 where a check failed, or with 77 where every test was skipped.
#pragma once

#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "qutlass/numerics.h"

namespace qutlass::test {

struct Test {
  const char* name;
  void (*run)();
};

inline std::vector<Test>& all_tests() {
  static std::vector<Test> tests;
  return tests;
}

struct Registration {
  Registration(const char* name, void (*run)()) { all_tests().push_back({name, run}); }
};

// What the running test has said so far.
struct Outcome {
  int64_t checks = 0;
  int64_t failures = 0;
  bool skipped = false;
};

inline Outcome& outcome() {
  static Outcome current;
  return current;
}

// A sentence about the inputs of the checks that follow; it is printed with their failures.
inline std::string& context() {
  static std::string text;
  return text;
}

__attribute__((format(printf, 1, 2))) inline std::string format(const char* pattern, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

inline bool report(bool passed, const char* file, int line, const std::string& message) {
  constexpr int64_t kMostPrinted = 10;
  ++outcome().checks;
  if (passed) return true;
  if (++outcome().failures <= kMostPrinted) {
    std::printf("  %s:%d: %s\n", file, line, message.c_str());
    if (!context().empty()) std::printf("    with %s\n", context().c_str());
  } else if (outcome().failures == kMostPrinted + 1) {
    std::printf("  more failures are not printed\n");
  }
  return false;
}

// Says why the running test cannot run here; the test then returns.
inline void skip(const std::string& reason) {
  std::printf("skipped: %s\n", reason.c_str());
  outcome().skipped = true;
}

#define TEST(name)                                                                    \
  static void test_##name();                                                          \
  static const ::qutlass::test::Registration registration_##name(#name, test_##name); \
  static void test_##name()

// CHECK(condition, printf pattern, values...): the message is formed only where it fails.
#define CHECK(condition, ...)                                             \
  ((condition)                                                            \
       ? ::qutlass::test::report(true, __FILE__, __LINE__, std::string()) \
       : ::qutlass::test::report(false, __FILE__, __LINE__, ::qutlass::test::format(__VA_ARGS__)))

#define TEST_MAIN() \
  int main(int count, char** arguments) { return ::qutlass::test::run_tests(count, arguments); }

inline bool is_selected(const char* name, int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    if (std::strstr(name, arguments[i])) return true;
  }
  return count <= 1;
}

inline int run_tests(int count, char** arguments) {
  constexpr int kSkipped = 77;
  int run = 0, skipped = 0, failed = 0;
  for (const Test& test : all_tests()) {
    if (!is_selected(test.name, count, arguments)) continue;
    outcome() = Outcome();
    context().clear();
    test.run();
    ++run;
    if (outcome().skipped) {
      ++skipped;
      continue;
    }
    if (outcome().checks == 0) report(false, __FILE__, __LINE__, "the test checked nothing");
    if (outcome().failures > 0) ++failed;
    std::printf("%s %s: %lld checks\n", outcome().failures ? "FAIL" : "ok  ", test.name,
                static_cast<long long>(outcome().checks));
    std::fflush(stdout);
  }
  if (run == 0) std::printf("no test has such a name\n");
  if (failed || run == 0) return 1;
  return skipped == run ? kSkipped : 0;
}

// Random numbers that are the same everywhere: SplitMix64 (Steele, Lea, Flood: Fast Splittable
// Pseudorandom Number Generators, 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // An integer in low ... high, both included.
  int64_t integer(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1));
  }

  // A float32 in low ... high.
  float uniform(float low, float high) {
    const double unit = static_cast<double>(next() >> 11) * 0x1p-53;
    return static_cast<float>(low + (static_cast<double>(high) - low) * unit);
  }

  bool chance(double probability) {
    return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
  }

 private:
  uint64_t state_;
};

// `size` elements, aligned to 64 bytes, between two borders that nothing may write to. Elements
// start as a pattern that is not a plausible result, so that what a kernel forgets is seen.
template <typename T>
class Guarded {
  static_assert(std::is_trivially_copyable<T>::value, "a buffer of plain values");

 public:
  explicit Guarded(int64_t size)
      : size_(size), bytes_(2 * kBorder + size * sizeof(T) + kAlignment) {
    const auto address = reinterpret_cast<uintptr_t>(bytes_.data()) + kBorder;
    offset_ = kBorder + (kAlignment - address % kAlignment) % kAlignment;
    std::memset(bytes_.data(), kPattern, bytes_.size());
  }
  explicit Guarded(const std::vector<T>& values) : Guarded(static_cast<int64_t>(values.size())) {
    if (size_ > 0) std::memcpy(data(), values.data(), size_ * sizeof(T));
  }

  T* data() { return reinterpret_cast<T*>(bytes_.data() + offset_); }
  const T* data() const { return reinterpret_cast<const T*>(bytes_.data() + offset_); }
  int64_t size() const { return size_; }
  T& operator[](int64_t index) { return data()[index]; }
  const T& operator[](int64_t index) const { return data()[index]; }
  void fill_with_pattern() { std::memset(data(), kPattern, size_ * sizeof(T)); }

  // Whether the borders are as they were.
  bool is_intact() const {
    const size_t end = offset_ + size_ * sizeof(T);
    for (size_t i = 0; i < bytes_.size(); ++i) {
      if ((i < offset_ || i >= end) && bytes_[i] != kPattern) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kAlignment = 64;
  static constexpr size_t kBorder = 256;
  static constexpr unsigned char kPattern = 0xa5;

  int64_t size_;
  std::vector<unsigned char> bytes_;
  size_t offset_;
};

inline std::string shown(float value) {
  return format("%.9g (0x%08x)", static_cast<double>(value), float_bits(value));
}
inline std::string shown(int32_t value) {
  return format("%d (0x%08x)", value, static_cast<uint32_t>(value));
}

// Checks that `got` holds `want` bit for bit, except that any NaN equals any other.
template <typename T>
bool check_same(const T* got, const T* want, int64_t size, const char* what) {
  for (int64_t i = 0; i < size; ++i) {
    if (std::memcmp(&got[i], &want[i], sizeof(T)) == 0) continue;
    if (got[i] != got[i] && want[i] != want[i]) continue;
    return CHECK(false, "%s[%lld] is %s, expected %s", what, static_cast<long long>(i),
                 shown(got[i]).c_str(), shown(want[i]).c_str());
  }
  return CHECK(true, "%s", what);
}

}  // namespace qutlass::test
