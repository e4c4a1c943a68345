#include "problem.h"

#include <algorithm>

#include "cuda/launch.h"
#include "fill.h"
#include "random_value.h"

namespace qutlass::bench {

namespace {

constexpr uint64_t kKernelSeed = 1, kXSeed = 2;
constexpr float kKernelDeviation = 0.05f, kXDeviation = 1;

int copies_of(int64_t bytes, bool rotated) { return rotated ? cold_copies(bytes) : 1; }

int64_t group_size_of(const Int4Format& format, int64_t k) {
  return format.group_size == 0 ? k : format.group_size;
}

}  // namespace

std::string name_of(const Int4Format& format) {
  const std::string group = format.group_size ? std::to_string(format.group_size) : "K";
  return "int4 g" + group + (format.has_zeros ? "" : " sym");
}

Int4Weights::Int4Weights(const Layer& layer, const Int4Format& format, const float* kernel,
                         bool rotated)
    : format(format),
      group_size(group_size_of(format, layer.k)),
      words(layer.n * int4_words(layer.k), copies_of(4 * layer.n * int4_words(layer.k), rotated)),
      scales(layer.n * group_count(layer.k, group_size), words.copies()),
      zeros(scales.size(), words.copies()) {
  require(cuda::quantize_weight_int4({kernel, words.data(), scales.data(), zeros.data(), layer.k,
                                      layer.n, group_size, !format.has_zeros},
                                     nullptr));
  words.copy_first_to_others();
  scales.copy_first_to_others();
  zeros.copy_first_to_others();
}

int64_t Int4Weights::bytes() const {
  return words.bytes() + scales.bytes() + (format.has_zeros ? zeros.bytes() : 0);
}

Weights::Weights(const Layer& layer, const std::vector<Int4Format>& formats, bool rotated)
    : layer(layer),
      float32(layer.k * layer.n, copies_of(4 * layer.k * layer.n, rotated)),
      bf16(layer.k * layer.n, copies_of(2 * layer.k * layer.n, rotated)),
      int8(layer.n * int8_words(layer.k), copies_of(4 * layer.n * int8_words(layer.k), rotated)),
      int8_scale(layer.n) {
  fill_normal(float32.data(), float32.size(), kKernelSeed, kKernelDeviation);
  convert_to_bf16(bf16.data(), float32.data(), float32.size());
  require(cuda::quantize_weight_int8(
      {float32.data(), int8.data(), int8_scale.data(), layer.k, layer.n}, nullptr));
  int4_rows = std::make_unique<Int4Weights>(layer, Int4Format{0, false}, float32.data(), rotated);
  for (const Int4Format& format : formats) {
    int4.push_back(std::make_unique<Int4Weights>(layer, format, float32.data(), rotated));
  }
  float32.copy_first_to_others();
  bf16.copy_first_to_others();
  int8.copy_first_to_others();
  require(cudaDeviceSynchronize(), "making weights");
}

float Weights::kernel_at(int64_t k, int64_t n) const {
  return random_normal(kKernelSeed, k * layer.n + n, kKernelDeviation);
}

Activations::Activations(int64_t m, int64_t k)
    : m(m),
      k(k),
      float32(m * k),
      bf16(m * k),
      int8(m * int8_words(k)),
      int8_scale(m),
      int8_zero(m),
      int4(m * int4_words(k)),
      int4_scale(m) {
  fill_normal(float32.data(), float32.size(), kXSeed, kXDeviation);
  convert_to_bf16(bf16.data(), float32.data(), float32.size());
  require(cuda::quantize_int8({float32.data(),
                               int8.data(),
                               int8_scale.data(),
                               int8_zero.data(),
                               m,
                               k,
                               true,
                               ScaleMethod::kAbsMax,
                               {}},
                              nullptr));
  QuantizeInt4Args args{};
  args.x = float32.data();
  args.values = int4.data();
  args.scale = int4_scale.data();
  args.rows = m;
  args.k = k;
  require(cuda::quantize_int4(args, nullptr));
  require(cudaDeviceSynchronize(), "making x");
}

std::vector<float> Activations::row(int64_t row) const {
  std::vector<float> values(k);
  for (int64_t i = 0; i < k; ++i) values[i] = random_normal(kXSeed, row * k + i, kXDeviation);
  return values;
}

}  // namespace qutlass::bench
