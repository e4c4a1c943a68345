// The standard floating-point environment, for as long as the object lives.
//
// TensorFlow has denormals flushed to zero in the threads on which it calls kernels; the results
// that qutlass promises are those of IEEE arithmetic with denormals, rounding half to even.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace qutlass::cpu {

class StandardFloatEnvironment {
 public:
  StandardFloatEnvironment() : saved_(control()) { set_control(kStandard); }
  ~StandardFloatEnvironment() { set_control(saved_); }
  StandardFloatEnvironment(const StandardFloatEnvironment&) = delete;
  StandardFloatEnvironment& operator=(const StandardFloatEnvironment&) = delete;

 private:
#if defined(__x86_64__)
  using Control = uint32_t;
  static constexpr Control kStandard = 0x1f80;  // all exceptions masked
  static Control control() { return _mm_getcsr(); }
  static void set_control(Control value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
  using Control = uint64_t;
  static constexpr Control kStandard = 0;
  static Control control() {
    Control value;
    asm volatile("mrs %0, fpcr" : "=r"(value));
    return value;
  }
  static void set_control(Control value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
#error "qutlass: the floating-point control of this processor is not known"
#endif

  Control saved_;
};

}  // namespace qutlass::cpu
