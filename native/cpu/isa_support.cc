#include "cpu/isa_support.h"

#if defined(__x86_64__)
#include <cpuid.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

namespace qutlass::cpu {

#if defined(__x86_64__)

namespace {

// Leaf 7 of cpuid, where compilers know less than processors have; all 0 where there is none.
struct Leaf7 {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;

  explicit Leaf7(unsigned subleaf) { __get_cpuid_count(7, subleaf, &eax, &ebx, &ecx, &edx); }
};

bool has_bit(unsigned bits, int bit) { return (bits >> bit & 1) != 0; }

}  // namespace

// __builtin_cpu_supports also asks whether the operating system saves the registers.
bool has_avx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool has_avxvnni() {
  constexpr int kAvxVnni = 4;  // of eax
  return has_avx2() && Leaf7(0).eax >= 1 && has_bit(Leaf7(1).eax, kAvxVnni);
}

bool has_avx512vnni() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vnni");
}

bool has_amx() {
#if defined(__linux__)
  constexpr int kAmxBf16 = 22, kAmxTile = 24, kAmxInt8 = 25;       // of edx
  constexpr int kRequestPermission = 0x1023, kTileRegisters = 18;  // of arch_prctl
  const unsigned edx = Leaf7(0).edx;
  return has_avx512vnni() && has_bit(edx, kAmxBf16) && has_bit(edx, kAmxTile) &&
         has_bit(edx, kAmxInt8) && syscall(SYS_arch_prctl, kRequestPermission, kTileRegisters) == 0;
#else
  return false;
#endif
}

#elif defined(__aarch64__)

bool has_neon_dotprod() {
#if defined(__linux__)
  constexpr unsigned long kAsimdDp = 1ul << 20;  // HWCAP_ASIMDDP, which old headers lack
  return (getauxval(AT_HWCAP) & kAsimdDp) != 0;
#else
  return false;
#endif
}

#endif

}  // namespace qutlass::cpu
