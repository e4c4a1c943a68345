#include "product_check.h"

#include <algorithm>
#include <cmath>

#include "test/check.h"
#include "test/reference.h"

namespace qutlass::bench {

namespace {

constexpr int kRandomElements = 60;

// The corners, and random places.
std::vector<std::pair<int64_t, int64_t>> sampled_places(int64_t m, int64_t n) {
  std::vector<std::pair<int64_t, int64_t>> places = {
      {0, 0}, {0, n - 1}, {m - 1, 0}, {m - 1, n - 1}};
  test::Random random(3);
  for (int i = 0; i < kRandomElements; ++i) {
    const int64_t row = random.integer(0, m - 1);
    places.push_back({row, random.integer(0, n - 1)});
  }
  return places;
}

// What a peer's arithmetic may cost, relative to the largest value.
double peer_tolerance(Arithmetic arithmetic) {
  return arithmetic == Arithmetic::kFloat32 ? 1e-4 : 0.01;
}

// One row of the int4 weights, on the host.
struct Int4Row {
  std::vector<int32_t> words, zeros;
  std::vector<float> scales;

  Int4Row(const Int4Weights& weights, int64_t k, int64_t row) {
    const int64_t groups = group_count(k, weights.group_size);
    words = weights.words.read(row * int4_words(k), int4_words(k));
    scales = weights.scales.read(row * groups, groups);
    if (weights.format.has_zeros) zeros = weights.zeros.read(row * groups, groups);
  }
};

}  // namespace

ProductCheck::ProductCheck(const Weights& weights, const Activations& x)
    : weights_(weights), x_(x) {
  for (const auto& [row, column] : sampled_places(x.m, weights.layer.n)) {
    Element element{row, column, x.row(row), 0, 0, 0, {}, 0, 0};
    compute_value(element);
    compute_int8(element);
    compute_int4_int4(element);
    largest_value_ = std::max(largest_value_, std::fabs(element.value));
    elements_.push_back(std::move(element));
  }
}

void ProductCheck::compute_value(Element& element) const {
  for (int64_t k = 0; k < x_.k; ++k) {
    element.value += static_cast<double>(element.x[k]) * weights_.kernel_at(k, element.column);
  }
}

void ProductCheck::compute_int8(Element& element) const {
  const int64_t words = int8_words(x_.k);
  const auto a = x_.int8.read(element.row * words, words);
  const auto b = weights_.int8.read(element.column * words, words);
  int64_t sum = 0;
  for (int64_t k = 0; k < x_.k; ++k) {
    const int32_t of_x = reference::int8_at(a.data(), k);
    sum += of_x * reference::int8_at(b.data(), k);
    element.int8_x.push_back(static_cast<float>(of_x));
  }
  element.int8_scale = x_.int8_scale.read(element.row, 1)[0];
  element.int8_sum = static_cast<int32_t>(sum);
  element.int8_value =
      int8_epilogue(element.int8_sum, element.int8_scale,
                    weights_.int8_scale.read(element.column, 1)[0], false, 0, Activation::kLinear);
}

void ProductCheck::compute_int4_int4(Element& element) const {
  const int64_t words = int4_words(x_.k);
  const auto a = x_.int4.read(element.row * words, words);
  const auto b = weights_.int4_rows->words.read(element.column * words, words);
  const float sa = x_.int4_scale.read(element.row, 1)[0];
  const float sb = weights_.int4_rows->scales.read(element.column, 1)[0];
  MatmulInt4Int4Args args{};
  args.a = a.data();
  args.b = b.data();
  args.sa = &sa;
  args.sb = &sb;
  args.y = &element.int4_int4_value;
  args.m = args.n = 1;
  args.words = words;
  reference::matmul_int4_int4(args);
}

float ProductCheck::read(const Provider& provider, const Output& y, const Element& element) const {
  switch (provider.arithmetic) {
    case Arithmetic::kBf16:
      return y.bf16_at(element.row, element.column);
    case Arithmetic::kInt8Sums:
      return y.int32_at(element.row, element.column) == element.int8_sum ? element.int8_value : NAN;
    default:
      return y.float32_at(element.row, element.column);
  }
}

bool ProductCheck::is_right(const Provider& provider, const Element& element, float got) const {
  if (provider.arithmetic == Arithmetic::kInt8Sums || provider.arithmetic == Arithmetic::kInt8) {
    return float_bits(got) == float_bits(element.int8_value);
  }
  if (provider.arithmetic == Arithmetic::kInt4Int4) {
    return float_bits(got) == float_bits(element.int4_int4_value);
  }
  if (!provider.int4) {
    return std::fabs(got - element.value) <= peer_tolerance(provider.arithmetic) * largest_value_;
  }
  const Int4Row row(*provider.int4, x_.k, element.column);
  MatmulInt4Args args{};
  const bool is_quantized = provider.arithmetic == Arithmetic::kInt8Int4;
  args.x = is_quantized ? element.int8_x.data() : element.x.data();
  args.row_scale = is_quantized ? &element.int8_scale : nullptr;
  args.w = row.words.data();
  args.scales = row.scales.data();
  args.zeros = row.zeros.empty() ? nullptr : row.zeros.data();
  args.k = x_.k;
  args.group_size = provider.int4->group_size;
  return reference::is_close(got, reference::matmul_int4_at(args, 0, 0));
}

double ProductCheck::check(const Provider& provider, Output& y) const {
  y.poison();
  provider.subject.call(0, nullptr);
  require(cudaDeviceSynchronize(), provider.name.c_str());
  double largest_error = 0;
  for (const Element& element : elements_) {
    const float got = read(provider, y, element);
    if (!is_right(provider, element, got)) {
      std::fprintf(stderr,
                   "qutlass_bench: %s is wrong at M=%lld, N=%lld, K=%lld: y[%lld,%lld] is %g, the "
                   "product in float64 %g\n",
                   provider.name.c_str(), static_cast<long long>(x_.m),
                   static_cast<long long>(weights_.layer.n), static_cast<long long>(x_.k),
                   static_cast<long long>(element.row), static_cast<long long>(element.column), got,
                   element.value);
      std::exit(1);
    }
    largest_error = std::max(largest_error, std::fabs(got - element.value));
  }
  return largest_error / largest_value_;
}

}  // namespace qutlass::bench
