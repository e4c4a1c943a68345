#include "timing.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "device_array.h"

namespace qutlass::bench {

namespace {

constexpr int kRounds = 21;
constexpr double kSampleMicroseconds = 400;
constexpr int kMaxCalls = 256;

// A graph of calls in a row, and the events around its replay.
class Replay {
 public:
  Replay(const Call& call, int calls, cudaStream_t stream) : calls_(calls), stream_(stream) {
    cudaGraph_t graph;
    require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "begin capture");
    for (int i = 0; i < calls; ++i) call(i, stream);
    require(cudaStreamEndCapture(stream, &graph), "end capture");
    require(cudaGraphInstantiate(&graph_, graph, 0), "cudaGraphInstantiate");
    require(cudaGraphDestroy(graph), "cudaGraphDestroy");
    require(cudaEventCreate(&start_), "cudaEventCreate");
    require(cudaEventCreate(&end_), "cudaEventCreate");
  }
  ~Replay() {
    cudaGraphExecDestroy(graph_);
    cudaEventDestroy(start_);
    cudaEventDestroy(end_);
  }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  // Microseconds a call.
  double sample() {
    require(cudaEventRecord(start_, stream_), "cudaEventRecord");
    require(cudaGraphLaunch(graph_, stream_), "cudaGraphLaunch");
    require(cudaEventRecord(end_, stream_), "cudaEventRecord");
    require(cudaEventSynchronize(end_), "cudaEventSynchronize");
    float milliseconds = 0;
    require(cudaEventElapsedTime(&milliseconds, start_, end_), "cudaEventElapsedTime");
    return 1e3 * milliseconds / calls_;
  }

 private:
  int calls_;
  cudaStream_t stream_;
  cudaGraphExec_t graph_ = nullptr;
  cudaEvent_t start_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

Microseconds percentiles(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double fraction) {
    return samples[static_cast<size_t>(std::lround(fraction * (samples.size() - 1)))];
  };
  return {at(0.2), at(0.5), at(0.8)};
}

// As many calls as make a sample long enough.
int calls_per_sample(const Call& call, int least_calls, cudaStream_t stream) {
  Replay trial(call, std::max(least_calls, 4), stream);
  trial.sample();
  const double once = std::max(trial.sample(), 0.1);
  return std::max(least_calls,
                  static_cast<int>(std::clamp(kSampleMicroseconds / once, 1.0, 1.0 * kMaxCalls)));
}

}  // namespace

std::vector<Microseconds> time_interleaved(const std::vector<Call>& calls,
                                           const std::vector<int>& least_calls) {
  cudaStream_t stream;
  require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  std::vector<std::unique_ptr<Replay>> replays;
  for (size_t i = 0; i < calls.size(); ++i) {
    const int count = calls_per_sample(calls[i], least_calls[i], stream);
    replays.push_back(std::make_unique<Replay>(calls[i], count, stream));
    replays.back()->sample();
  }
  std::vector<std::vector<double>> samples(calls.size());
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < calls.size(); ++i) samples[i].push_back(replays[i]->sample());
  }
  replays.clear();
  require(cudaStreamDestroy(stream), "cudaStreamDestroy");

  std::vector<Microseconds> times;
  for (const std::vector<double>& of_call : samples) times.push_back(percentiles(of_call));
  return times;
}

}  // namespace qutlass::bench
