#include "device_array.h"

namespace qutlass::bench {

int cold_copies(int64_t bytes) {
  constexpr int64_t kTimesTheCache = 4, kMostCopies = 8192;
  int device = 0, cache_bytes = 0;
  require(cudaGetDevice(&device), "cudaGetDevice");
  require(cudaDeviceGetAttribute(&cache_bytes, cudaDevAttrL2CacheSize, device), "L2 cache size");
  const int64_t copies = kTimesTheCache * cache_bytes / bytes + 1;
  if (copies > kMostCopies) {
    std::fprintf(stderr,
                 "qutlass_bench: %lld bytes are too few to measure cold: choose --cache=hot\n",
                 static_cast<long long>(bytes));
    std::exit(1);
  }
  return static_cast<int>(copies);
}

}  // namespace qutlass::bench
