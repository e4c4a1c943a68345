// Division by a number that the kernel's launcher knows: a multiplication, an addition and a shift.
#pragma once

#include <cstdint>

#include "qutlass/layout.h"

namespace qutlass::cuda {

// Divides 0 ... 2^31 - 1 by 1 ... 2^31 - 1. (Granlund and Montgomery, Division by Invariant
// Integers using Multiplication, 1994, figure 4.1.)
class Divisor {
 public:
  explicit constexpr Divisor(uint32_t divisor) : divisor_(divisor) {
    while ((uint64_t{1} << shift_) < divisor) ++shift_;
    const uint64_t excess = (uint64_t{1} << shift_) - divisor;
    multiplier_ = static_cast<uint32_t>((excess << 32) / divisor + 1);
  }

  QUTLASS_HOST_DEVICE constexpr uint32_t value() const { return divisor_; }

  QUTLASS_HOST_DEVICE constexpr uint32_t quotient(uint32_t dividend) const {
    const auto high = static_cast<uint32_t>(uint64_t{dividend} * multiplier_ >> 32);
    return (high + dividend) >> shift_;
  }

 private:
  uint32_t divisor_;
  uint32_t multiplier_ = 0;
  int shift_ = 0;
};

static_assert(Divisor(1).quotient(0x7fffffffu) == 0x7fffffffu, "one divides nothing");
static_assert(Divisor(3).quotient(0x7ffffffeu) == 0x2aaaaaaau, "exact");
static_assert(Divisor(3).quotient(0x7ffffffdu) == 0x2aaaaaa9u, "rounds down");
static_assert(Divisor(0x7fffffffu).quotient(0x7ffffffeu) == 0, "the greatest divisor");

}  // namespace qutlass::cuda
