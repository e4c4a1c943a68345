#include "report.h"

#include "test/check.h"

namespace qutlass::bench {

namespace {

using test::format;

double tflops(const Measurement& of) {
  return 2.0 * of.m * of.layer.n * of.layer.k / of.us.median / 1e6;
}

double gigabytes_per_second(const Measurement& of) {
  const double bytes = of.provider.weight_bytes + 4.0 * of.m * (of.layer.n + of.layer.k);
  return bytes / of.us.median / 1e3;
}

std::string device_name() {
  int device = 0;
  cudaDeviceProp properties;
  require(cudaGetDevice(&device), "cudaGetDevice");
  require(cudaGetDeviceProperties(&properties, device), "cudaGetDeviceProperties");
  return properties.name;
}

}  // namespace

void print_heading(const Layer& layer, int64_t m, bool cold) {
  std::printf("\n%s  M=%lld N=%lld K=%lld%s\n", layer.name.c_str(), static_cast<long long>(m),
              static_cast<long long>(layer.n), static_cast<long long>(layer.k),
              cold ? " cold" : "");
  std::printf("  %-24s %10s %19s %9s %9s %9s %10s\n", "", "us", "p20..p80", "vs f32", "TFLOP/s",
              "GB/s", "error");
}

void print_row(const Measurement& of, double float32_us) {
  const std::string range = format("%.1f..%.1f", of.us.p20, of.us.p80);
  std::printf("  %-24s %10.1f %19s %8.2fx %9.1f %9.0f %10.2e\n", of.provider.name.c_str(),
              of.us.median, range.c_str(), float32_us / of.us.median, tflops(of),
              gigabytes_per_second(of), of.max_relative_error);
}

std::string json_line(const Measurement& of, const std::string& cublas_version) {
  int runtime = 0;
  require(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  const std::string group =
      of.provider.group ? format("%d", static_cast<int>(of.provider.group)) : "null";
  return format(
      "{\"op\":\"dense\",\"provider\":\"%s\",\"layer\":\"%s\",\"m\":%lld,\"n\":%lld,\"k\":%lld,"
      "\"group\":%s,\"cold\":%s,\"us\":{\"p20\":%.3f,\"median\":%.3f,\"p80\":%.3f},"
      "\"tflops\":%.2f,\"gbps\":%.1f,\"maxRelativeError\":%.3e,\"device\":\"%s\","
      "\"libraries\":{\"cuda\":\"%d\",\"cublas\":\"%s\"},\"commit\":\"%s\"}",
      of.provider.name.c_str(), of.layer.name.c_str(), static_cast<long long>(of.m),
      static_cast<long long>(of.layer.n), static_cast<long long>(of.layer.k), group.c_str(),
      of.cold ? "true" : "false", of.us.p20, of.us.median, of.us.p80, tflops(of),
      gigabytes_per_second(of), of.max_relative_error, device_name().c_str(), runtime,
      cublas_version.c_str(), QUTLASS_COMMIT);
}

}  // namespace qutlass::bench
