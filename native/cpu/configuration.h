// What the process runs with: the instruction set and the number of threads, settled when first
// asked for, from the processor and from two environment variables:
//   QUTLASS_CPU_ISA       a name of the table in configuration.cc: scalar, avx2, ...
//   QUTLASS_NUM_THREADS   1 ... 1024
#pragma once

#include <string>

#include "cpu/isa.h"
#include "cpu/matrix_unit.h"

namespace qutlass::cpu {

struct Configuration {
  const Isa* isa;
  const MatrixUnit* matrices;  // or null
  const char* isa_name;        // of the two
  std::string isa_reason;
  int threads;
  std::string error;  // what is wrong with a variable; empty where nothing is
};

const Configuration& configuration();

// The reason why no op can run, or null.
inline const char* configuration_error() {
  const std::string& error = configuration().error;
  return error.empty() ? nullptr : error.c_str();
}

}  // namespace qutlass::cpu
