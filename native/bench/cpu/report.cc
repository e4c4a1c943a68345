#include "report.h"

#include <cstdio>
#include <fstream>
#include <string>

#include "cpu/kernels.h"

namespace qutlass::bench {
namespace {

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "";
}

long long printable(int64_t number) { return number; }

void print_row(const Measurement& measurement, const Operands& o) {
  const auto& [c, us, error] = measurement;
  std::fprintf(stderr, "%-28s %5lld %5lld %7d %11.0f %11.0f %11.0f %8.3f %7.1f\n", c.op.c_str(),
               printable(c.group), printable(o.m), cpu::thread_count(), us.p20, us.median, us.p80,
               measurement.tflops(), measurement.gbps());
}

void print_json(const Measurement& measurement, const Operands& o, bool cold) {
  const auto& [c, us, error] = measurement;
  std::printf(
      "{\"op\":\"%s\",\"provider\":\"qutlass-cpu\",\"m\":%lld,\"n\":%lld,\"k\":%lld,\"group\":%lld,"
      "\"cold\":%s,\"us\":{\"p20\":%.1f,\"median\":%.1f,\"p80\":%.1f},\"tflops\":%.4f,"
      "\"gbps\":%.2f,\"maxRelativeError\":%.3g,\"device\":\"%s, %d threads, %s\",\"libraries\":{},"
      "\"commit\":\"%s\"}\n",
      c.op.c_str(), printable(o.m), printable(o.n), printable(o.k), printable(c.group),
      cold ? "true" : "false", us.p20, us.median, us.p80, measurement.tflops(), measurement.gbps(),
      error, processor_name().c_str(), cpu::thread_count(), cpu::isa_name(), QUTLASS_COMMIT);
}

}  // namespace

double Measurement::tflops() const { return subject.flops / us.median * 1e-6; }
double Measurement::gbps() const { return subject.bytes / us.median * 1e-3; }

void print_header() {
  std::fprintf(stderr, "%-28s %5s %5s %7s %11s %11s %11s %8s %7s\n", "op", "group", "m", "threads",
               "p20 us", "median us", "p80 us", "tflops", "GB/s");
}

void print(const Measurement& measurement, const Operands& o, bool cold) {
  print_row(measurement, o);
  print_json(measurement, o, cold);
}

}  // namespace qutlass::bench
