// What the tests of the CUDA ops share: device buffers whose borders are watched, launches that are
// checked, configurations that are forced, random inputs.
#pragma once

#include <cuda_runtime_api.h>

#include <string>
#include <vector>

#include "cuda/launch.h"
#include "cuda/tile_plan.h"
#include "test/check.h"
#include "test/environment.h"
#include "test/inputs.h"
#include "test/reference.h"

namespace qutlass::test {

#define CHECK_CUDA(call)                                                            \
  do {                                                                              \
    const cudaError_t cuda_error = (call);                                          \
    CHECK(cuda_error == cudaSuccess, #call ": %s", cudaGetErrorString(cuda_error)); \
  } while (false)

// Whether there is a GPU; else the test is skipped.
inline bool has_gpu() {
  int count = 0;
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaSuccess && count > 0) return true;
  skip(format("no GPU (%s)", error == cudaSuccess ? "none is visible" : cudaGetErrorString(error)));
  return false;
}

#define TEST_ON_GPU(name)                  \
  static void test_##name##_on_gpu();      \
  TEST(name) {                             \
    if (has_gpu()) test_##name##_on_gpu(); \
  }                                        \
  static void test_##name##_on_gpu()

// `size` elements of device memory between borders that nothing may write to. They start as bytes
// 0xff: NaN as floats, so that reading or keeping what was never written is seen.
template <typename T>
class DeviceBuffer {
 public:
  // The first element lies `shift` elements past an address that is a multiple of 256.
  explicit DeviceBuffer(int64_t size, int64_t shift = 0)
      : size_(size), offset_(kBorder + shift * sizeof(T)) {
    CHECK_CUDA(cudaMalloc(reinterpret_cast<void**>(&bytes_), total()));
    poison();
  }
  explicit DeviceBuffer(const std::vector<T>& values, int64_t shift = 0)
      : DeviceBuffer(static_cast<int64_t>(values.size()), shift) {
    CHECK_CUDA(cudaMemcpy(data(), values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice));
  }
  ~DeviceBuffer() { cudaFree(bytes_); }
  DeviceBuffer(const DeviceBuffer&) = delete;
  DeviceBuffer& operator=(const DeviceBuffer&) = delete;

  T* data() { return reinterpret_cast<T*>(bytes_ + offset_); }
  void poison() { CHECK_CUDA(cudaMemset(bytes_, kPattern, total())); }

  // What the buffer holds; checks its borders.
  std::vector<T> read(const char* what) {
    std::vector<unsigned char> bytes(total());
    CHECK_CUDA(cudaMemcpy(bytes.data(), bytes_, total(), cudaMemcpyDeviceToHost));
    const size_t end = offset_ + size_ * sizeof(T);
    bool intact = true;
    for (size_t i = 0; i < bytes.size(); ++i) {
      if ((i < offset_ || i >= end) && bytes[i] != kPattern) intact = false;
    }
    CHECK(intact, "wrote beyond %s", what);
    std::vector<T> values(size_);
    if (size_ > 0) std::memcpy(values.data(), bytes.data() + offset_, size_ * sizeof(T));
    return values;
  }

 private:
  static constexpr size_t kBorder = 512;
  static constexpr unsigned char kPattern = 0xff;

  size_t total() const { return 2 * kBorder + offset_ + size_ * sizeof(T); }

  int64_t size_;
  size_t offset_;
  unsigned char* bytes_ = nullptr;
};

// A rotation whose matrix is on the host, for the device.
class DeviceRotation {
 public:
  explicit DeviceRotation(const Rotation& rotation)
      : rotation_(rotation), matrix_(matrix_of(rotation)) {
    if (rotation_.matrix) rotation_.matrix = matrix_.data();
  }

  const Rotation& get() const { return rotation_; }

 private:
  static std::vector<float> matrix_of(const Rotation& rotation) {
    if (!rotation.matrix) return {};
    return {rotation.matrix, rotation.matrix + rotation.block_size * rotation.block_size};
  }

  Rotation rotation_;
  DeviceBuffer<float> matrix_;
};

// Runs an op and waits for it.
template <typename Op>
void run_op(const Op& op) {
  const char* reason = op();
  CHECK(reason == nullptr, "%s", reason);
  CHECK_CUDA(cudaDeviceSynchronize());
}

// The same for a product, with a workspace just as large as it says.
template <typename Args>
void run_product(const char* (*op)(const Args&, void*, cuda::Stream), const Args& args) {
  DeviceBuffer<unsigned char> workspace(static_cast<int64_t>(cuda::workspace_bytes(args)));
  run_op([&] { return op(args, workspace.data(), nullptr); });
  workspace.read("the workspace");
}

// Runs a product twice, y poisoned before each run, and gives y; the two must be the same bits.
template <typename Args>
std::vector<float> product_of(const char* (*op)(const Args&, void*, cuda::Stream), Args args) {
  DeviceBuffer<float> y(args.m * args.n);
  args.y = y.data();
  run_product(op, args);
  const std::vector<float> first = y.read("y");
  y.poison();
  run_product(op, args);
  const std::vector<float> second = y.read("y");
  CHECK(
      first.empty() || std::memcmp(first.data(), second.data(), first.size() * sizeof(float)) == 0,
      "a second run gave other bits");
  return first;
}

// An address `shift` words past a multiple of 16 bytes, at which nothing is.
inline const int32_t* address_of_words(int64_t shift) {
  return reinterpret_cast<const int32_t*>(uintptr_t{256} + 4 * shift);
}

// Every way to compute a product of m rows that the environment can force: the kernel for few rows,
// each tile whole and with k split.
inline std::vector<std::string> configurations(const cuda::TileMenu& menu, int64_t m) {
  std::vector<std::string> names;
  if (m <= menu.max_stream_rows) names.push_back("stream");
  for (int i = 0; i < menu.count; ++i) {
    names.push_back(menu.tiles[i].name);
    names.push_back(std::string(menu.tiles[i].name) + "/3");
  }
  return names;
}

}  // namespace qutlass::test
