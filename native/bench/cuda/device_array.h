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

// `copies` arrays of `size` elements each and of equal contents, among which cold calls rotate.
// Each is aligned to 256 bytes.
template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(int64_t size, int copies = 1)
      : size_(size), stride_((size + kAligned - 1) / kAligned * kAligned), copies_(copies) {
    require(cudaMalloc(reinterpret_cast<void**>(&data_), (stride_ * copies_ + 1) * sizeof(T)),
            "cudaMalloc");
  }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() const { return data_; }
  // The copy that call number `call` uses.
  T* of_call(int call) const { return data_ + call % copies_ * stride_; }
  int64_t size() const { return size_; }
  int64_t bytes() const { return size_ * static_cast<int64_t>(sizeof(T)); }
  int copies() const { return copies_; }

  std::vector<T> read(int64_t first, int64_t count) const {
    std::vector<T> values(count);
    require(cudaMemcpy(values.data(), data_ + first, count * sizeof(T), cudaMemcpyDeviceToHost),
            "cudaMemcpy");
    return values;
  }

  // Every byte 0xff: NaN as float32 or bf16.
  void poison() { require(cudaMemset(data_, 0xff, bytes()), "cudaMemset"); }

  void copy_first_to_others() {
    for (int i = 1; i < copies_; ++i) {
      require(cudaMemcpyAsync(of_call(i), data_, bytes(), cudaMemcpyDeviceToDevice, nullptr),
              "cudaMemcpy");
    }
  }

 private:
  static constexpr int64_t kAligned = 256 / sizeof(T);

  int64_t size_;
  int64_t stride_;
  int copies_;
  T* data_ = nullptr;
};

// Copies of an array of `bytes` that cold calls need so that what they read next has left the L2
// cache: together more than four times its size, as its replacement is not strictly by age.
int cold_copies(int64_t bytes);

}  // namespace qutlass::bench
