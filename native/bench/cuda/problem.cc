#include "problem.h"

#include <cmath>

#include "cuda/launch.h"
#include "test/check.h"

namespace qutlass::bench {

namespace {

// Random values repeat with a period that shares no factor with usual sizes: large operands need no
// large host arrays, and every element is known without reading it back.
constexpr int64_t kPeriod = (int64_t{1} << 22) + 15;
constexpr int64_t kColdBytes = int64_t{256} << 20;

std::vector<float> random_normal(uint64_t seed, float deviation) {
  test::Random random(seed);
  std::vector<float> values(kPeriod);
  for (float& value : values) {
    // The sum of four uniform variates is close enough to normal, tails apart.
    float sum = 0;
    for (int i = 0; i < 4; ++i) sum += random.uniform(-1, 1);
    value = sum * deviation * std::sqrt(0.75f);
  }
  return values;
}

const std::vector<float>& kernel_values() {
  static const std::vector<float> values = random_normal(1, 0.05f);
  return values;
}

const std::vector<float>& x_values() {
  static const std::vector<float> values = random_normal(2, 1.0f);
  return values;
}

std::vector<uint16_t> as_bf16(const std::vector<float>& values) {
  std::vector<uint16_t> bits;
  bits.reserve(values.size());
  for (float value : values) bits.push_back(bf16_bits(value));
  return bits;
}

template <typename T>
Copies<T> allocate_copies(int64_t size, bool cold) {
  const int64_t bytes = size * static_cast<int64_t>(sizeof(T));
  const int64_t count = cold ? (kColdBytes + bytes - 1) / bytes : 1;
  Copies<T> copies;
  for (int64_t i = 0; i < count; ++i) copies.push_back(std::make_unique<DeviceArray<T>>(size));
  return copies;
}

template <typename T>
void copy_first_to_others(Copies<T>& copies) {
  for (size_t i = 1; i < copies.size(); ++i) {
    require(cudaMemcpy(copies[i]->data(), copies[0]->data(), copies[0]->size() * sizeof(T),
                       cudaMemcpyDeviceToDevice),
            "cudaMemcpy");
  }
}

}  // namespace

Weights::Weights(const Layer& layer, bool cold)
    : layer(layer),
      float32(allocate_copies<float>(layer.k * layer.n, cold)),
      bf16(allocate_copies<uint16_t>(layer.k * layer.n, cold)),
      int8(allocate_copies<int32_t>(layer.n * int8_words(layer.k), cold)),
      int8_scale(layer.n),
      int4(allocate_copies<int32_t>(layer.n * int4_words(layer.k), cold)),
      int4_scales(layer.n * group_count(layer.k, kGroupSize)),
      int4_zeros(layer.n * group_count(layer.k, kGroupSize)) {
  float32[0]->fill(kernel_values());
  bf16[0]->fill(as_bf16(kernel_values()));
  require(cuda::quantize_weight_int8(
      {float32[0]->data(), int8[0]->data(), int8_scale.data(), layer.k, layer.n}, nullptr));
  require(cuda::quantize_weight_int4({float32[0]->data(), int4[0]->data(), int4_scales.data(),
                                      int4_zeros.data(), layer.k, layer.n, kGroupSize, true},
                                     nullptr));
  require(cudaDeviceSynchronize(), "quantizing weights");
  copy_first_to_others(float32);
  copy_first_to_others(bf16);
  copy_first_to_others(int8);
  copy_first_to_others(int4);
}

Activations::Activations(int64_t m, int64_t k)
    : m(m),
      k(k),
      float32(m * k),
      bf16(m * k),
      int8(m * int8_words(k)),
      int8_scale(m),
      int8_zero(m) {
  float32.fill(x_values());
  bf16.fill(as_bf16(x_values()));
  require(cuda::quantize_int8(
      {float32.data(), int8.data(), int8_scale.data(), int8_zero.data(), m, k, true}, nullptr));
  require(cudaDeviceSynchronize(), "quantizing x");
}

double true_product(const Weights& weights, int64_t m, int64_t n) {
  const auto& [name, columns, depth] = weights.layer;
  double sum = 0;
  for (int64_t k = 0; k < depth; ++k) {
    sum += static_cast<double>(x_values()[(m * depth + k) % kPeriod]) *
           kernel_values()[(k * columns + n) % kPeriod];
  }
  return sum;
}

}  // namespace qutlass::bench
