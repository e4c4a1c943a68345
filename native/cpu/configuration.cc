#include "cpu/configuration.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "cpu/isa_support.h"
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

struct Candidate {
  const Isa* isa;
  bool (*is_supported)();
};

// All instruction sets, the best first. CMakeLists.txt defines those that the compiler can do.
constexpr Candidate kCandidates[] = {
#ifdef QUTLASS_ISA_AVX512VNNI
    {&kAvx512VnniIsa, has_avx512vnni},
#endif
#ifdef QUTLASS_ISA_AVXVNNI
    {&kAvxVnniIsa, has_avxvnni},
#endif
#ifdef QUTLASS_ISA_AVX2
    {&kAvx2Isa, has_avx2},
#endif
#ifdef QUTLASS_ISA_NEONDOT
    {&kNeonDotIsa, has_neon_dotprod},
#endif
    {&kScalarIsa, has_baseline},
};

// Those of this processor.
std::vector<const Isa*> supported_isas() {
  std::vector<const Isa*> isas;
  for (const Candidate& candidate : kCandidates) {
    if (candidate.is_supported()) isas.push_back(candidate.isa);
  }
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
