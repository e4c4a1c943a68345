#include "timing.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "device_array.h"

namespace qutlass::bench {

namespace {

constexpr int kRounds = 11;
constexpr int kTrialRounds = 3;
// Long enough that starting a graph, some microseconds, does not count.
constexpr double kSampleMicroseconds = 1000;
constexpr int kMostHotCalls = 256;

// A graph of calls in a row, and the events around its replay.
class Replay {
 public:
  Replay(const Call& call, int calls, Cache cache, cudaStream_t stream)
      : calls_(calls), stream_(stream) {
    cudaGraph_t graph;
    require(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal), "begin capture");
    for (int i = 0; i < calls; ++i) call(cache == Cache::kCold ? i : 0, stream);
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

class Stream {
 public:
  Stream() { require(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "stream"); }
  ~Stream() { cudaStreamDestroy(stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

// A graph of as many calls as make a sample, which has run once. Cold, each copy is used equally
// often: a replay that began again before the last copy would find data in the cache.
std::unique_ptr<Replay> replay_of(const Subject& subject, Cache cache, cudaStream_t stream) {
  const int least = cache == Cache::kCold ? subject.copies : 1;
  auto replay = std::make_unique<Replay>(subject.call, least, cache, stream);
  replay->sample();
  const double wanted = kSampleMicroseconds / std::max(replay->sample(), 0.1);
  const int repeats = static_cast<int>(std::min(wanted, 1.0 * kMostHotCalls)) / least;
  if (repeats <= 1) return replay;
  replay = std::make_unique<Replay>(subject.call, repeats * least, cache, stream);
  replay->sample();
  return replay;
}

}  // namespace

const char* name_of(Cache cache) { return cache == Cache::kCold ? "cold" : "hot"; }

std::vector<Microseconds> time_interleaved(const std::vector<Subject>& subjects, Cache cache) {
  const Stream stream;
  std::vector<std::unique_ptr<Replay>> replays;
  for (const Subject& subject : subjects) {
    replays.push_back(replay_of(subject, cache, stream));
  }
  std::vector<std::vector<double>> samples(subjects.size());
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < subjects.size(); ++i) samples[i].push_back(replays[i]->sample());
  }
  std::vector<Microseconds> times;
  for (const std::vector<double>& of_subject : samples) times.push_back(percentiles(of_subject));
  return times;
}

double least_time(const Subject& subject, Cache cache) {
  const Stream stream;
  const auto replay = replay_of(subject, cache, stream);
  double least = replay->sample();
  for (int round = 1; round < kTrialRounds; ++round) least = std::min(least, replay->sample());
  return least;
}

}  // namespace qutlass::bench
