#include "cpu/configuration.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "cpu/kernels.h"
#include "cpu/processors.h"

namespace qutlass::cpu {
namespace {

constexpr const char* kIsaVariable = "QUTLASS_CPU_ISA";
constexpr const char* kThreadsVariable = "QUTLASS_NUM_THREADS";
constexpr long kMostThreads = 1024;

const char* variable(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

// The instruction sets of this processor, the best first.
std::vector<const Isa*> supported_isas() {
  std::vector<const Isa*> isas;
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512vnni =
      has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512vnni");
  if (has_avx512vnni) isas.push_back(&kAvx512VnniIsa);
  if (has_avx2) isas.push_back(&kAvx2Isa);
#endif
  isas.push_back(&kScalarIsa);
  return isas;
}

void choose_isa(Configuration& chosen) {
  const std::vector<const Isa*> isas = supported_isas();
  chosen.isa = isas.front();
  chosen.isa_reason = "the best of this processor";
  const char* wanted = variable(kIsaVariable);
  if (!wanted) return;
  std::string names;
  for (const Isa* isa : isas) {
    if (std::strcmp(isa->name, wanted) == 0) {
      chosen.isa = isa;
      chosen.isa_reason = std::string(kIsaVariable) + "=" + wanted;
      return;
    }
    names += (names.empty() ? "" : ", ") + std::string(isa->name);
  }
  chosen.error =
      std::string(kIsaVariable) + " is '" + wanted + "', but this processor has " + names;
  chosen.isa_reason = chosen.error;
}

void choose_threads(Configuration& chosen) {
  chosen.threads = usable_processors();
  const char* wanted = variable(kThreadsVariable);
  if (!wanted) return;
  char* end = nullptr;
  errno = 0;
  const long count = std::strtol(wanted, &end, 10);
  if (errno == 0 && *end == '\0' && count >= 1 && count <= kMostThreads) {
    chosen.threads = static_cast<int>(count);
  } else if (chosen.error.empty()) {
    chosen.error = std::string(kThreadsVariable) + " is '" + wanted +
                   "', expected a whole number in 1.." + std::to_string(kMostThreads);
  }
}

Configuration configure() {
  Configuration chosen;
  choose_isa(chosen);
  choose_threads(chosen);
  return chosen;
}

}  // namespace

const Configuration& configuration() {
  static const Configuration chosen = configure();
  return chosen;
}

const char* isa_name() { return configuration().isa->name; }
const char* isa_reason() { return configuration().isa_reason.c_str(); }

}  // namespace qutlass::cpu
