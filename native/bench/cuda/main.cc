// qutlass_bench: the products of the CUDA kernels against cuBLAS's, each checked before it is
// timed.
#include <cmath>

#include "report.h"
#include "test/check.h"

namespace qutlass::bench {
namespace {

// The largest error of a provider's y, relative to the largest of the true values, over a sample of
// the elements.
double max_relative_error(const Weights& weights, const std::vector<float>& y, int64_t m) {
  constexpr int kElements = 64;
  test::Random random(3);
  double largest_error = 0, largest_value = 0;
  for (int i = 0; i < kElements; ++i) {
    const int64_t row = random.integer(0, m - 1);
    const int64_t column = random.integer(0, weights.layer.n - 1);
    const double want = true_product(weights, row, column);
    const double error = std::fabs(y[row * weights.layer.n + column] - want);
    if (std::isnan(error)) return error;
    largest_error = std::max(largest_error, error);
    largest_value = std::max(largest_value, std::fabs(want));
  }
  return largest_error / largest_value;
}

// What the format of a provider may cost on these operands; more means that something is wrong.
double largest_error_of(const std::string& provider) {
  if (provider.find("int4") == 0) return 0.2;
  if (provider.find("int8") != std::string::npos) return 0.03;
  return provider == "cublas float32" ? 1e-4 : 0.01;
}

double checked_error(const Provider& provider, const Weights& weights, const Activations& x) {
  provider.call(0, nullptr);
  require(cudaDeviceSynchronize(), provider.name.c_str());
  const double error = max_relative_error(weights, provider.result(), x.m);
  if (error <= largest_error_of(provider.name)) return error;
  std::fprintf(stderr, "qutlass_bench: %s is wrong at M=%lld, N=%lld, K=%lld: error %g\n",
               provider.name.c_str(), static_cast<long long>(x.m),
               static_cast<long long>(weights.layer.n), static_cast<long long>(x.k), error);
  std::exit(1);
}

// The int8 products of ours and of cuBLASLt must be the same bits.
void check_int8_bits(const std::vector<Provider>& providers) {
  std::vector<float> first;
  for (const Provider& provider : providers) {
    if (provider.name.find("int8") == std::string::npos) continue;
    provider.call(0, nullptr);
    require(cudaDeviceSynchronize(), provider.name.c_str());
    const std::vector<float> y = provider.result();
    if (first.empty()) first = y;
    if (first == y) continue;
    std::fprintf(stderr, "qutlass_bench: %s disagrees with other int8 products\n",
                 provider.name.c_str());
    std::exit(1);
  }
}

void measure(const Weights& weights, int64_t m, CublasProducts& cublas, const Options& options,
             std::FILE* out) {
  const Activations x(m, weights.layer.k);
  std::vector<Provider> providers = make_providers(weights, x, cublas, options.sweep);
  check_int8_bits(providers);
  std::vector<Provider> chosen;
  for (const Provider& provider : providers) {
    const bool is_baseline = provider.name == "cublas float32";
    if (is_baseline || provider.name.find(options.only) != std::string::npos) {
      chosen.push_back(provider);
    }
  }
  std::vector<double> errors;
  std::vector<Call> calls;
  std::vector<int> least_calls;
  for (const Provider& provider : chosen) {
    errors.push_back(checked_error(provider, weights, x));
    calls.push_back(provider.call);
    least_calls.push_back(options.cold ? provider.copies : 1);
  }
  const std::vector<Microseconds> times = time_interleaved(calls, least_calls);
  print_heading(weights.layer, m, options.cold);
  for (size_t i = 0; i < chosen.size(); ++i) {
    const Measurement measurement{chosen[i], weights.layer, m, options.cold, times[i], errors[i]};
    print_row(measurement, times[0].median);
    if (out) std::fprintf(out, "%s\n", json_line(measurement, cublas.version()).c_str());
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace qutlass::bench

int main(int count, char** arguments) {
  using namespace qutlass::bench;
  const Options options = parse_options(count, arguments);
  std::FILE* out = nullptr;
  if (!options.out.empty() && !(out = std::fopen(options.out.c_str(), "a"))) {
    std::fprintf(stderr, "qutlass_bench: cannot write %s\n", options.out.c_str());
    return 1;
  }
  CublasProducts cublas;
  for (const Layer& layer : options.layers) {
    const Weights weights(layer, options.cold);
    for (int64_t m : options.m) measure(weights, m, cublas, options, out);
  }
  if (out) std::fclose(out);
  return 0;
}
