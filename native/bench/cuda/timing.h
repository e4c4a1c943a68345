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

// Hot: each call uses the same operands, which stay in the L2 cache where they fit. Cold: calls
// rotate over copies that do not.
enum class Cache { kHot, kCold };

const char* name_of(Cache cache);

// Queues the work on a stream, on copy `call` (modulo their number) of its operands.
using Call = std::function<void(int call, cudaStream_t stream)>;

// What is timed.
struct Subject {
  Call call;
  int copies;
};

// Times every subject, interleaved: a round samples each of them once, so that a slow moment hits
// all. A sample is the replay of a graph of calls in a row; cold, of every copy equally often.
std::vector<Microseconds> time_interleaved(const std::vector<Subject>& subjects, Cache cache);

// The least time of a few samples: for choosing among ways to do the same.
double least_time(const Subject& subject, Cache cache);

}  // namespace qutlass::bench
