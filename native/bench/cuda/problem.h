// The operands of a product: a layer's weights and x, in every format.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "device_array.h"
#include "shapes.h"

namespace qutlass::bench {

// A kind of int4 weights.
struct Int4Format {
  int64_t group_size;  // 0: one group of all k
  bool has_zeros;      // else symmetric: the zero points are null
};

// "int4 g128", "int4 gK", with "sym" where there are no zero points.
std::string name_of(const Int4Format& format);

struct Int4Weights {
  Int4Weights(const Layer& layer, const Int4Format& format, const float* kernel, bool rotated);

  Int4Format format;
  int64_t group_size;
  DeviceArray<int32_t> words;  // [n, int4_words(k)]
  DeviceArray<float> scales;   // [n, groups]
  DeviceArray<int32_t> zeros;  // [n, groups]; unused without zero points

  const int32_t* zeros_of_call(int call) const {
    return format.has_zeros ? zeros.of_call(call) : nullptr;
  }
  // That a call reads.
  int64_t bytes() const;
};

// The weights of a layer, quantized by the ops of this library; they serve every m.
struct Weights {
  // `rotated`: with the copies that cold calls need.
  Weights(const Layer& layer, const std::vector<Int4Format>& formats, bool rotated);

  // Element [k, n] of the kernel, which is float32[k, n].
  float kernel_at(int64_t k, int64_t n) const;

  Layer layer;
  DeviceArray<float> float32;  // [k, n], as tfjs has them
  DeviceArray<uint16_t> bf16;  // [k, n]
  DeviceArray<int32_t> int8;   // [n, int8_words(k)]
  DeviceArray<float> int8_scale;
  std::vector<std::unique_ptr<Int4Weights>> int4;
  // One scale a row and no zero points, for int4 activations.
  std::unique_ptr<Int4Weights> int4_rows;
};

// x [m, k] in every format.
struct Activations {
  Activations(int64_t m, int64_t k);

  // Row `row` of x in float32.
  std::vector<float> row(int64_t row) const;

  int64_t m;
  int64_t k;
  DeviceArray<float> float32;
  DeviceArray<uint16_t> bf16;
  DeviceArray<int32_t> int8;
  DeviceArray<float> int8_scale;
  DeviceArray<int32_t> int8_zero;
  DeviceArray<int32_t> int4;
  DeviceArray<float> int4_scale;
};

}  // namespace qutlass::bench
