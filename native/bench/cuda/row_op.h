// An op on rows, with operands of its own, and how one is made.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "device_array.h"
#include "row_ops.h"
#include "timing.h"

namespace qutlass::bench {

struct RowOp {
  Subject subject;
  int64_t bytes;  // read and written
  // Whether a row of its result is right, bit for bit.
  std::function<bool(int64_t row)> is_right;
};

struct NamedRowOp {
  std::string name;
  int64_t block_size;  // what k must be a multiple of
  std::function<RowOp(const RowsShape& shape)> make;
};

// Rotations, and the quantizers of activations.
std::vector<NamedRowOp> quantizing_ops();

template <typename T>
using Shared = std::shared_ptr<DeviceArray<T>>;

template <typename T>
bool is_same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

template <typename T>
Shared<T> array_of(int64_t size, int copies) {
  return std::make_shared<DeviceArray<T>>(size, copies);
}

}  // namespace qutlass::bench
