// Device memory with an owner, and errors that end the program.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace qutlass::bench {

inline void require(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "qutlass_bench: %s: %s\n", what, cudaGetErrorString(error));
  std::exit(1);
}

// `reason` is what a launcher returned.
inline void require(const char* reason) {
  if (!reason) return;
  std::fprintf(stderr, "qutlass_bench: %s\n", reason);
  std::exit(1);
}

template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(int64_t size) : size_(size) {
    require(cudaMalloc(reinterpret_cast<void**>(&data_), size * sizeof(T) + 1), "cudaMalloc");
  }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() const { return data_; }
  int64_t size() const { return size_; }

  std::vector<T> read(int64_t first, int64_t count) const {
    std::vector<T> values(count);
    require(cudaMemcpy(values.data(), data_ + first, count * sizeof(T), cudaMemcpyDeviceToHost),
            "cudaMemcpy");
    return values;
  }

  // The values of `pattern`, over and over.
  void fill(const std::vector<T>& pattern) {
    const auto period = static_cast<int64_t>(pattern.size());
    for (int64_t first = 0; first < size_; first += period) {
      const int64_t count = std::min(period, size_ - first);
      const bool from_host = first == 0;
      require(cudaMemcpy(data_ + first, from_host ? pattern.data() : data_, count * sizeof(T),
                         from_host ? cudaMemcpyHostToDevice : cudaMemcpyDeviceToDevice),
              "cudaMemcpy");
    }
  }

 private:
  int64_t size_;
  T* data_ = nullptr;
};

}  // namespace qutlass::bench
