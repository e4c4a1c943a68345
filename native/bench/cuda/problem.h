// The operands of one benchmark: a layer's weights in every format, x, and the true product.
#pragma once

#include <memory>

#include "device_array.h"
#include "options.h"

namespace qutlass::bench {

constexpr int64_t kGroupSize = 128;

// Device arrays of equal contents, among which cold calls rotate.
template <typename T>
using Copies = std::vector<std::unique_ptr<DeviceArray<T>>>;

// The weights of a layer, quantized by the ops of this library; they serve every m.
struct Weights {
  Weights(const Layer& layer, bool cold);

  Layer layer;
  Copies<float> float32;  // [k, n], as tfjs has them
  Copies<uint16_t> bf16;  // [k, n]
  Copies<int32_t> int8;   // [n, int8_words(k)]
  DeviceArray<float> int8_scale;
  Copies<int32_t> int4;  // [n, int4_words(k)], groups of kGroupSize
  DeviceArray<float> int4_scales;
  DeviceArray<int32_t> int4_zeros;
};

// x [m, k] in every format.
struct Activations {
  Activations(int64_t m, int64_t k);

  int64_t m;
  int64_t k;
  DeviceArray<float> float32;
  DeviceArray<uint16_t> bf16;
  DeviceArray<int32_t> int8;
  DeviceArray<float> int8_scale;
  DeviceArray<int32_t> int8_zero;
};

// Element [m, n] of the product of the unquantized operands, summed in float64.
double true_product(const Weights& weights, int64_t m, int64_t n);

}  // namespace qutlass::bench
