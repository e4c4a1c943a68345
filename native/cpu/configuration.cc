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
  const MatrixUnit* matrices;
  bool (*is_supported)();

  const char* name() const { return matrices ? matrices->name : isa->name; }
};

// All instruction sets, the best first. CMakeLists.txt defines those that the compiler can do.
constexpr Candidate kCandidates[] = {
#ifdef QUTLASS_ISA_AMX
    {&kAvx512VnniIsa, &kAmxMatrixUnit, has_amx},
#endif
#ifdef QUTLASS_ISA_AVX512VNNI
    {&kAvx512VnniIsa, nullptr, has_avx512vnni},
#endif
#ifdef QUTLASS_ISA_AVXVNNI
    {&kAvxVnniIsa, nullptr, has_avxvnni},
#endif
#ifdef QUTLASS_ISA_AVX2
    {&kAvx2Isa, nullptr, has_avx2},
#endif
#ifdef QUTLASS_ISA_NEONDOT
    {&kNeonDotIsa, nullptr, has_neon_dotprod},
#endif
    {&kScalarIsa, nullptr, has_baseline},
};

// Those of this processor.
std::vector<Candidate> supported_candidates() {
  std::vector<Candidate> supported;
  for (const Candidate& candidate : kCandidates) {
    if (candidate.is_supported()) supported.push_back(candidate);
  }
  return supported;
}

void choose(const Candidate& candidate, const std::string& reason, Configuration& chosen) {
  chosen.isa = candidate.isa;
  chosen.matrices = candidate.matrices;
  chosen.isa_name = candidate.name();
  chosen.isa_reason = reason;
}

void choose_isa(Configuration& chosen) {
  const std::vector<Candidate> candidates = supported_candidates();
  choose(candidates.front(), "the best of this processor", chosen);
  const char* wanted = variable(kIsaVariable);
  if (!wanted) return;
  std::string names;
  for (const Candidate& candidate : candidates) {
    if (std::strcmp(candidate.name(), wanted) == 0) {
      return choose(candidate, std::string(kIsaVariable) + "=" + wanted, chosen);
    }
    names += (names.empty() ? "" : ", ") + std::string(candidate.name());
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

const char* isa_name() { return configuration().isa_name; }
const char* isa_reason() { return configuration().isa_reason.c_str(); }

}  // namespace qutlass::cpu
