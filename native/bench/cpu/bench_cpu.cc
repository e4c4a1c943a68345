// Times the CPU kernels: a table on stderr and a JSON line a measurement on stdout.
//
//   bench_cpu [--n=4096] [--k=4096] [--m=1,4,16,64,128,512] [--threads=1,2]
//   [--op=matmul_int4,copy,peak] [--cold] [--inputs=uniform]
//
// Ops are measured in turn, sample by sample, after some of their outputs have been checked against
// the reference. --cold rotates the weights over copies that together exceed 256 MiB. Ops on the
// rows of activations, [m, k], have a copy of x beside them; of hadamard and rotate, the group is
// the block size. int8 weights are normally distributed, and so is x, or with --inputs uniform in
// -1 ... 1, or what GELU makes of normal values of standard deviation 2. peak is no op but a
// loop, in each thread, of nothing but the instructions with which one of x86-64's instruction sets
// multiplies int8 values, whatever m, n and k are (peak.h).
#include <cstdio>
#include <optional>

#include "cases.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "operands.h"
#include "options.h"
#include "report.h"
#include "timing.h"

namespace qutlass::bench {
namespace {

constexpr double kMostError = 0.02;

// Relative errors of the cases; nothing where one of them is wrong.
std::optional<std::vector<double>> errors_of(const std::vector<Case>& cases) {
  std::vector<double> errors;
  for (const Case& c : cases) {
    errors.push_back(c.max_relative_error());
    if (errors.back() < kMostError) continue;
    std::fprintf(stderr, "%s is wrong: relative error %g\n", c.op.c_str(), errors.back());
    return {};
  }
  return errors;
}

// False where a result is wrong.
bool measure(Operands& operands, const Options& options) {
  const std::vector<Case> cases = chosen_cases(operands, options);
  const std::optional<std::vector<double>> errors = errors_of(cases);
  if (!errors) return false;
  const std::vector<Microseconds> times = time_interleaved(cases);
  for (size_t i = 0; i < cases.size(); ++i) {
    print({cases[i], times[i], (*errors)[i]}, operands, options.cold);
  }
  return true;
}

int run(const Options& options) {
  print_header();
  for (int64_t m : options.m) {
    Operands operands(m, options);
    for (int64_t threads : options.threads) {
      cpu::set_thread_count(static_cast<int>(threads));
      if (!measure(operands, options)) return 1;
    }
  }
  return 0;
}

}  // namespace
}  // namespace qutlass::bench

int main(int count, char** arguments) {
  qutlass::bench::Options options;
  if (!qutlass::bench::parse(count, arguments, options)) {
    std::fprintf(stderr,
                 "usage: bench_cpu [--n=4096] [--k=4096] [--m=1,4,16,64,128,512] [--threads=1,2] "
                 "[--op=matmul_int4,copy,peak] [--cold] [--inputs=uniform|normal|gelu]\n");
    return 2;
  }
  // Any op fails where the instruction set that QUTLASS_CPU_ISA names is not to be had.
  if (const char* error = qutlass::cpu::pack_int4({})) {
    std::fprintf(stderr, "%s\n", error);
    return 2;
  }
  return qutlass::bench::run(options);
}
