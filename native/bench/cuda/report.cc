#include "report.h"

#include <cstdlib>

#include "test/check.h"

namespace qutlass::bench {

namespace {

using test::format;

long long printable(int64_t number) { return number; }

std::string device_name() {
  int device = 0;
  cudaDeviceProp properties;
  require(cudaGetDevice(&device), "cudaGetDevice");
  require(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  return properties.name;
}

std::string describe_machine(const std::string& cublas_version) {
  int runtime = 0;
  require(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  return format(
      "\"device\":\"%s\",\"libraries\":{\"cuda\":\"%d\",\"cublas\":\"%s\"},\"commit\":\"%s\"",
      device_name().c_str(), runtime, cublas_version.c_str(), QUTLASS_COMMIT);
}

// How many times as fast as `peer`, where both were measured.
std::string ratio_to(const Measurement* peer, const Measurement& of) {
  return peer ? format("%.2fx", peer->us.median / of.us.median) : "-";
}

std::string percent(double part, double whole) {
  return whole > 0 ? format("%.0f%%", 100 * part / whole) : "-";
}

// The peak of mma.sync that bounds a provider; 0 where it uses none of those measured.
// Tensor cores beside 1, 2, ... other instructions a product.
void print_mixed(const char* instruction, const std::vector<double>& tflops) {
  std::printf("  bf16 beside 1 ... %zu %-5s", tflops.size(), instruction);
  for (double rate : tflops) std::printf(" %4.0f", rate);
  std::printf(" TFLOP/s\n");
}

double peak_of(const Measurement& of, const Ceilings& ceilings) {
  if (of.provider == kFloat32 || of.provider == kTf32) return 0;
  if (of.group > 0) return ceilings.bf16_tflops;  // int4 weights become bf16
  for (const char* by_integers : {"int8", kInt4Int4, kLinearInt4}) {
    if (of.provider.find(by_integers) != std::string::npos) return ceilings.int8_tops;
  }
  return ceilings.bf16_tflops;
}

std::string number_or_null(int64_t number) {
  return number ? format("%lld", printable(number)) : "null";
}

}  // namespace

Report::Report(const std::string& out, const Ceilings& ceilings, const std::string& cublas_version)
    : ceilings_(ceilings), machine_(describe_machine(cublas_version)) {
  if (out.empty() || (out_ = std::fopen(out.c_str(), "a"))) return;
  std::fprintf(stderr, "qutlass_bench: cannot write %s\n", out.c_str());
  std::exit(1);
}

Report::~Report() {
  if (out_) std::fclose(out_);
}

void Report::ceilings() const {
  std::printf("%s: what it can do at best\n", device_name().c_str());
  for (const Ceilings::Read& read : ceilings_.reads) {
    std::printf("  streaming read of %5lld MB %6.0f GB/s\n", printable(read.bytes / 1000000),
                read.gbps);
  }
  std::printf("  copy on the device        %6.0f GB/s\n", ceilings_.copy_gbps);
  std::printf("  mma.sync bf16 m16n8k16    %6.0f TFLOP/s\n", ceilings_.bf16_tflops);
  std::printf("  mma.sync int8 m16n8k32    %6.0f TOP/s\n", ceilings_.int8_tops);
  print_mixed("lop3", ceilings_.bf16_beside_logic);
  print_mixed("fma", ceilings_.bf16_beside_multiply_adds);
  std::printf("  an empty kernel           %6.2f us\n", ceilings_.launch_us);
  write_ceiling("streaming read", format("\"gbps\":%.1f", ceilings_.read_gbps));
  write_ceiling("device copy", format("\"gbps\":%.1f", ceilings_.copy_gbps));
  write_ceiling("mma.sync bf16", format("\"tflops\":%.1f", ceilings_.bf16_tflops));
  write_ceiling("mma.sync int8", format("\"tflops\":%.1f", ceilings_.int8_tops));
  write_ceiling("empty kernel", format("\"us\":{\"median\":%.3f}", ceilings_.launch_us));
  std::fflush(stdout);
}

void Report::products(const Measurements& rows) const {
  const Measurement& first = rows.front();
  std::printf("\n%s N=%lld K=%lld\n", place_of(first).c_str(), printable(first.layer.n),
              printable(first.layer.k));
  std::printf("  %-24s %9s %17s %8s %8s %8s %8s %6s %8s %6s %9s\n", "", "us", "p20..p80", "vs f32",
              "vs bf16", "vs lt i8", "TFLOP/s", "% mma", "GB/s w", "% read", "error");
  for (const Measurement& of : rows) {
    std::printf("  %-24s %9.1f %17s %8s %8s %8s %8.1f %6s %8.0f %6s %9.2e\n", of.provider.c_str(),
                of.us.median, format("%.1f..%.1f", of.us.p20, of.us.p80).c_str(),
                ratio_to(find(rows, of, kFloat32), of).c_str(),
                ratio_to(find(rows, of, kBf16), of).c_str(),
                ratio_to(find(rows, of, kCublasLtInt8), of).c_str(), of.tflops(),
                percent(of.tflops(), peak_of(of, ceilings_)).c_str(), of.weight_gbps(),
                percent(of.weight_gbps(), ceilings_.read_gbps).c_str(), of.max_relative_error);
    write_json(of);
  }
  std::fflush(stdout);
}

void Report::row_ops(const Measurements& rows) const {
  const Measurement& first = rows.front();
  std::printf("\n%lld rows of %lld, %s\n", printable(first.m), printable(first.layer.k),
              name_of(first.cache));
  std::printf("  %-24s %9s %17s %8s %8s %6s\n", "", "us", "p20..p80", "MB", "GB/s", "% copy");
  for (const Measurement& of : rows) {
    std::printf("  %-24s %9.1f %17s %8.1f %8.0f %6s\n", of.op.c_str(), of.us.median,
                format("%.1f..%.1f", of.us.p20, of.us.p80).c_str(), of.bytes / 1e6, of.gbps(),
                percent(of.gbps(), ceilings_.copy_gbps).c_str());
    write_json(of);
  }
  std::fflush(stdout);
}

void Report::write_json(const Measurement& of) const {
  if (!out_) return;
  std::fprintf(out_,
               "{\"op\":\"%s\",\"provider\":\"%s\",\"model\":\"%s\",\"layer\":\"%s\",\"ways\":%d,"
               "\"m\":%lld,\"n\":%s,\"k\":%lld,\"group\":%s,\"symmetric\":%s,\"cold\":%s,"
               "\"us\":{\"p20\":%.3f,\"median\":%.3f,\"p80\":%.3f},\"tflops\":%.2f,\"gbps\":%.1f,"
               "\"weightGbps\":%.1f,\"maxRelativeError\":%.3e,%s}\n",
               of.op.c_str(), of.provider.c_str(), of.layer.model.c_str(), of.layer.name.c_str(),
               of.layer.ways, printable(of.m), number_or_null(of.layer.n).c_str(),
               printable(of.layer.k), number_or_null(of.group).c_str(),
               of.symmetric ? "true" : "false", of.cache == Cache::kCold ? "true" : "false",
               of.us.p20, of.us.median, of.us.p80, of.tflops(), of.gbps(), of.weight_gbps(),
               of.max_relative_error, machine_.c_str());
}

void Report::write_ceiling(const char* provider, const std::string& figure) const {
  if (!out_) return;
  std::fprintf(out_, "{\"op\":\"ceiling\",\"provider\":\"%s\",%s,%s}\n", provider, figure.c_str(),
               machine_.c_str());
}

}  // namespace qutlass::bench
