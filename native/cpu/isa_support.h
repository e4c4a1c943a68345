// What this processor and its operating system have, of what the instruction sets need.
#pragma once

namespace qutlass::cpu {

inline bool has_baseline() { return true; }

#if defined(__x86_64__)
bool has_avx2();
bool has_avxvnni();
bool has_avx512vnni();
// Asks the operating system for the tile registers, for the whole process.
bool has_amx();
#elif defined(__aarch64__)
bool has_neon_dotprod();
#endif

}  // namespace qutlass::cpu
