// y, which the providers of a product write in turn, each in its own type.
#pragma once

#include <cstdint>

#include "device_array.h"
#include "qutlass/numerics.h"

namespace qutlass::bench {

class Output {
 public:
  Output(int64_t m, int64_t n) : n_(n), words_(m * n) {}

  float* float32() const { return reinterpret_cast<float*>(words_.data()); }
  int32_t* int32() const { return words_.data(); }
  uint16_t* bf16() const { return reinterpret_cast<uint16_t*>(words_.data()); }

  // What a provider does not write is then no plausible result.
  void poison() { words_.poison(); }

  int32_t int32_at(int64_t row, int64_t column) const {
    return words_.read(row * n_ + column, 1)[0];
  }
  float float32_at(int64_t row, int64_t column) const {
    return float_from_bits(static_cast<uint32_t>(int32_at(row, column)));
  }
  float bf16_at(int64_t row, int64_t column) const {
    const int64_t index = row * n_ + column;
    const auto pair = static_cast<uint32_t>(words_.read(index / 2, 1)[0]);
    return float_from_bits((index % 2 ? pair >> 16 : pair & 0xffffu) << 16);
  }

 private:
  int64_t n_;
  DeviceArray<int32_t> words_;
};

}  // namespace qutlass::bench
