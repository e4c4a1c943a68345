// Times of device work, by graph replay: launch overhead on the host does not count.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <vector>

namespace qutlass::bench {

// Percentiles of a call's time in microseconds.
struct Microseconds {
  double p20;
  double median;
  double p80;
};

// Queues the call with a number, 0 ... repeats - 1, on a stream.
using Call = std::function<void(int, cudaStream_t)>;

// Times every call, interleaved: a round samples each of them once, so that a slow moment hits all.
// A sample is the replay of a graph of at least `least_calls` calls in a row.
std::vector<Microseconds> time_interleaved(const std::vector<Call>& calls,
                                           const std::vector<int>& least_calls);

}  // namespace qutlass::bench
