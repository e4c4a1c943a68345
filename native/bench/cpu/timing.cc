#include "timing.h"

#include <algorithm>
#include <chrono>

namespace qutlass::bench {
namespace {

constexpr int kSamples = 21;
constexpr double kSampleSeconds = 0.01;

double seconds_of(const Case& c, int64_t first_call, int64_t calls) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < calls; ++i) c.run(first_call + i);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// How many calls make a sample; the first one of all, which may still be slow, does not count.
int64_t calls_a_sample(const Case& c) {
  seconds_of(c, 0, 1);
  return 1 + static_cast<int64_t>(kSampleSeconds / seconds_of(c, 1, 1));
}

Microseconds percentiles_of(std::vector<double> us) {
  std::sort(us.begin(), us.end());
  return {us[kSamples / 5], us[kSamples / 2], us[kSamples * 4 / 5]};
}

}  // namespace

std::vector<Microseconds> time_interleaved(const std::vector<Case>& cases) {
  std::vector<int64_t> calls;
  for (const Case& c : cases) calls.push_back(calls_a_sample(c));
  std::vector<std::vector<double>> us(cases.size());
  for (int sample = 0; sample < kSamples; ++sample) {
    for (size_t i = 0; i < cases.size(); ++i) {
      const double seconds = seconds_of(cases[i], sample * calls[i], calls[i]);
      us[i].push_back(1e6 * seconds / static_cast<double>(calls[i]));
    }
  }
  std::vector<Microseconds> times;
  for (const std::vector<double>& of_case : us) times.push_back(percentiles_of(of_case));
  return times;
}

}  // namespace qutlass::bench
