// What the tests of the CPU ops share.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "test/check.h"
#include "test/inputs.h"
#include "test/reference.h"

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace qutlass::test {

// Denormals are flushed to zero while this lives, as in TensorFlow's threads.
class FlushedDenormals {
 public:
  FlushedDenormals() : saved_(control()) { set_control(saved_ | kFlush); }
  ~FlushedDenormals() {
    CHECK((control() & kFlush) == kFlush, "the op changed its caller's float environment");
    set_control(saved_);
  }

 private:
#if defined(__x86_64__)
  using Control = unsigned;
  static constexpr Control kFlush = 0x8040;
  static Control control() { return _mm_getcsr(); }
  static void set_control(Control value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
  using Control = uint64_t;
  static constexpr Control kFlush = 1 << 24;
  static Control control() {
    Control value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_control(Control value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#endif

  Control saved_;
};

// Whether the instruction set that QUTLASS_CPU_ISA names is in use; else the test is skipped.
inline bool has_isa() {
  const char* wanted = std::getenv("QUTLASS_CPU_ISA");
  if (!wanted || std::strcmp(wanted, cpu::isa_name()) == 0) return true;
  CHECK(std::strcmp(wanted, "scalar") != 0, "the scalar kernels must run everywhere");
  skip(cpu::isa_reason());
  return false;
}

#define TEST_EACH_ISA(name)                \
  static void test_##name##_on_isa();      \
  TEST(name) {                             \
    if (has_isa()) test_##name##_on_isa(); \
  }                                        \
  static void test_##name##_on_isa()

// Runs an op as TensorFlow would, and checks that it did not fail.
template <typename Op>
void run_op(const Op& op) {
  const char* error;
  {
    FlushedDenormals flushed;
    error = op();
  }
  CHECK(error == nullptr, "%s", error);
}

// The same for a product, whose workspace is as large as it says and not looked at beforehand.
template <typename Args>
void run_product(const char* (*op)(const Args&, void*), const Args& args) {
  Guarded<char> workspace(static_cast<int64_t>(cpu::workspace_bytes(args)));
  run_op([&] { return op(args, workspace.data()); });
  CHECK(workspace.is_intact(), "the op wrote beyond its workspace");
}

// Calls body with 1, 2 and 3 threads set.
template <typename Body>
void with_each_thread_count(const Body& body) {
  for (int threads : {1, 2, 3}) {
    cpu::set_thread_count(threads);
    body();
  }
  cpu::set_thread_count(0);
}

// Packs the integers of some rows; int4 is signed.
inline std::vector<int32_t> packed_int8(const std::vector<int32_t>& integers, int64_t rows,
                                        int64_t k) {
  std::vector<int32_t> packed(rows * int8_words(k));
  reference::pack_int8({integers.data(), nullptr, packed.data(), rows, k, false});
  return packed;
}

inline std::vector<int32_t> packed_int4(const std::vector<int32_t>& integers, int64_t rows,
                                        int64_t k) {
  std::vector<int32_t> packed(rows * int4_words(k));
  reference::pack_int4({integers.data(), nullptr, packed.data(), rows, k, true});
  return packed;
}

}  // namespace qutlass::test
