// The caller's scratch memory, cut into arrays.
#pragma once

#include <cstddef>
#include <cstdint>

#include "cpu/rounding.h"

namespace qutlass::cpu {

constexpr int64_t kWorkspaceAlignment = 64;

// Hands out the parts of a workspace one after the other, each aligned. With a null workspace it
// only measures, so that one function serves workspace_bytes and the op.
class Workspace {
 public:
  explicit Workspace(void* memory) : base_(static_cast<char*>(memory)) {}

  template <typename T>
  T* take(int64_t count) {
    T* part = base_ ? reinterpret_cast<T*>(base_ + bytes_) : nullptr;
    const int64_t size = count * static_cast<int64_t>(sizeof(T));
    bytes_ += static_cast<size_t>(round_up(size, kWorkspaceAlignment));
    return part;
  }

  size_t bytes() const { return bytes_; }

 private:
  char* base_;
  size_t bytes_ = 0;
};

}  // namespace qutlass::cpu
