// Random products of integers, and how they are checked: int8 and int4 in the same way.
#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "harness.h"

namespace qutlass::test {

template <typename Args>
using Reference = void (*)(const Args&);
template <typename Args>
using Product = const char* (*)(const Args&, void* workspace);

// The bits of the reference, with the threads that are set.
template <typename Args>
void check_product(Args args, const std::vector<float>& want, Product<Args> product) {
  Guarded<float> y(args.m * args.n);
  args.y = y.data();
  run_product(product, args);
  CHECK(y.is_intact(), "wrote beyond y");
  check_same(y.data(), want.data(), y.size(), "y");
}

template <typename Args>
std::vector<float> reference_product(Args args, Reference<Args> reference) {
  std::vector<float> want(args.m * args.n);
  args.y = want.data();
  reference(args);
  return want;
}

// The bits of the reference, whatever the threads.
template <typename Args>
void check_product(const Args& args, Reference<Args> reference, Product<Args> product) {
  const std::vector<float> want = reference_product(args, reference);
  with_each_thread_count([&] { check_product(args, want, product); });
}

// The y of a product, whose bits are the same whatever the threads.
template <typename Args>
std::vector<float> product_of(Args args, Product<Args> product) {
  std::vector<float> first;
  with_each_thread_count([&] {
    Guarded<float> y(args.m * args.n);
    args.y = y.data();
    run_product(product, args);
    CHECK(y.is_intact(), "wrote beyond y");
    if (first.empty()) first.assign(y.data(), y.data() + y.size());
    check_same(y.data(), first.data(), y.size(), "y with more threads");
  });
  return first;
}

// The functions of prepacked weights.
struct PrepackedFormat {
  int64_t (*size)(int64_t n, int64_t words);
  const char* (*prepack)(const PrepackArgs& args);
  const char* (*unprepack)(const UnprepackArgs& args);
};
constexpr PrepackedFormat kPrepackedInt8 = {cpu::prepacked_int8_size, cpu::prepack_int8,
                                            cpu::unprepack_int8};
constexpr PrepackedFormat kPrepackedInt4 = {cpu::prepacked_int4_size, cpu::prepack_int4,
                                            cpu::unprepack_int4};
constexpr PrepackedFormat kPrepackedInt4Scales = {
    cpu::prepacked_int4_scales_size, cpu::prepack_int4_scales, cpu::unprepack_int4_scales};

// Weights that were prepacked, or what goes with them, where this instruction set does so. What is
// unprepacked of them is checked.
template <typename T>
class Prepacked {
 public:
  Prepacked(const PrepackedFormat& format, const T* w, int64_t n, int64_t words)
      : prepacked_(format.size(n, words)) {
    if (!is_offered()) return;
    Guarded<T> unpacked(n * words);
    const auto as_words = [](auto* values) { return reinterpret_cast<int32_t*>(values); };
    const char* errors[] = {
        format.prepack(
            {reinterpret_cast<const int32_t*>(w), as_words(prepacked_.data()), n, words}),
        format.unprepack({as_words(prepacked_.data()), as_words(unpacked.data()), n, words})};
    for (const char* error : errors) CHECK(error == nullptr, "%s", error);
    CHECK(prepacked_.is_intact() && unpacked.is_intact(), "wrote beyond the weights");
    check_same(unpacked.data(), w, unpacked.size(), "w");
  }

  bool is_offered() const { return size() > 0; }
  int64_t size() const { return prepacked_.size(); }
  const T* weights() const { return prepacked_.data(); }

 private:
  Guarded<T> prepacked_;
};

// Often all of K, or a multiple of 8.
inline int64_t random_group_size(Random& random, int64_t k) {
  return random.chance(0.3) ? std::max<int64_t>(k, 1) : 8 * random.integer(1, 20);
}

// Integers that are often the extremes, whose products saturate in narrow sums.
inline std::vector<int32_t> extreme_integers(Random& random, int64_t size, int32_t low,
                                             int32_t high) {
  std::vector<int32_t> values = random_integers(random, size, low, high);
  for (int32_t& value : values) {
    if (random.chance(0.3)) value = random.chance(0.7) ? low : high;
  }
  return values;
}

// A product of packed matrices, of MatmulInt8Args or MatmulInt4Int4Args.
template <typename Args>
struct PackedProblem {
  std::vector<int32_t> a, b;
  std::vector<float> sa, sb, bias;
  Args args{};

  // `a` and `b` are packed.
  PackedProblem(Random& random, int64_t m, int64_t n, std::vector<int32_t> packed_a,
                std::vector<int32_t> packed_b, int64_t words)
      : a(std::move(packed_a)),
        b(std::move(packed_b)),
        sa(random_floats(random, m, 1e-4f, 1e-2f)),
        sb(random_floats(random, n, 1e-4f, 1e-2f)),
        bias(random_floats(random, n, -0.1f, 0.1f)) {
    args.a = a.data();
    args.b = b.data();
    args.sa = sa.data();
    args.sb = sb.data();
    args.m = m;
    args.n = n;
    args.words = words;
    args.sa_is_scalar = m > 0 && random.chance(0.2);
    args.sb_is_scalar = n > 0 && random.chance(0.2);
    if (random.chance(0.5)) args.bias = bias.data();
    args.activation = kActivations[random.integer(0, 2)];
  }
  // args points into this.
  PackedProblem(const PackedProblem&) = delete;
  PackedProblem& operator=(const PackedProblem&) = delete;

  // Scales for at least 6 rows and 7 columns of which every kind of special product comes.
  void set_special_scales() {
    // Rounded like other values, it would be a zero.
    const float nan_of_ones = float_from_bits(0x7fffffffu);
    const float rows[] = {1e-38f, kLeastDenormal, kNan, kInfinity, 0.0f, 1e30f};
    const float columns[] = {1e-3f, 1.0f, nan_of_ones, 1e-40f, 1e30f, -1.0f, 0.0f};
    for (size_t i = 0; i < sa.size(); ++i) sa[i] = rows[i % std::size(rows)];
    for (size_t j = 0; j < sb.size(); ++j) sb[j] = columns[j % std::size(columns)];
    args.sa_is_scalar = args.sb_is_scalar = false;
  }

  std::string text() const {
    return format("m %lld, n %lld, words %lld, bias %d, activation %d",
                  static_cast<long long>(args.m), static_cast<long long>(args.n),
                  static_cast<long long>(args.words), args.bias != nullptr,
                  static_cast<int>(args.activation));
  }
};

// Sums of nothing, and nothing to sum.
template <typename Args>
void check_empty_products(Product<Args> product) {
  Args args{};
  run_product(product, args);
  const float bias[] = {1.0f, -2.0f}, scale = 1.0f;
  Guarded<float> y(2);
  args.m = 1;
  args.n = 2;
  args.sa = args.sb = &scale;
  args.sa_is_scalar = args.sb_is_scalar = true;
  args.bias = bias;
  args.y = y.data();
  run_product(product, args);
  CHECK(y[0] == 1.0f && y[1] == -2.0f, "an empty sum leaves the bias");
}

// A layer whose rows are quantized as they come, of LinearInt8Args or LinearInt4Args.
template <typename Args>
struct LinearProblem {
  RandomRotation rotation;
  std::vector<float> x, w_scale, bias;
  std::vector<int32_t> w;
  Args args{};

  // `weights` are packed.
  LinearProblem(Random& random, int64_t m, int64_t n, int64_t k, std::vector<float> rows,
                std::vector<int32_t> weights)
      : rotation(random, k),
        x(std::move(rows)),
        w_scale(random_floats(random, n, 1e-4f, 1e-1f)),
        bias(random_floats(random, n, -3, 3)),
        w(std::move(weights)) {
    args.x = x.data();
    args.w = w.data();
    args.w_scale = w_scale.data();
    args.w_scale_is_scalar = n > 0 && random.chance(0.3);
    args.bias = random.chance(0.5) ? bias.data() : nullptr;
    args.m = m;
    args.n = n;
    args.k = k;
    args.activation = kActivations[random.integer(0, 2)];
    args.method = random_method(random);
    args.rotation = rotation.rotation;
  }
  // args points into this.
  LinearProblem(const LinearProblem&) = delete;
  LinearProblem& operator=(const LinearProblem&) = delete;

  std::string text() const {
    return format("m %lld, n %lld, k %lld, method %d, %s of %lld", static_cast<long long>(args.m),
                  static_cast<long long>(args.n), static_cast<long long>(args.k),
                  static_cast<int>(args.method), args.rotation.matrix ? "matrix" : "hadamard",
                  static_cast<long long>(args.rotation.block_size));
  }
};

// The same bits of prepacked weights, with the threads that are set.
inline void check_prepacked(LinearInt8Args args, const std::vector<float>& want) {
  const Prepacked<int32_t> prepacked(kPrepackedInt8, args.w, args.n, int8_words(args.k));
  if (!prepacked.is_offered()) return;
  args.w = prepacked.weights();
  args.w_is_prepacked = true;
  check_product(args, want, cpu::linear_int8);
}

// The same of int4 weights in groups, with each number of threads.
template <typename Args>
void check_prepacked_groups(Args args, const std::vector<float>& want, Product<Args> product) {
  const int64_t groups = group_count(args.k, args.group_size);
  const Prepacked<int32_t> w(kPrepackedInt4, args.w, args.n, int4_words(args.k));
  if (!w.is_offered()) return;
  const Prepacked<float> scales(kPrepackedInt4Scales, args.scales, args.n, groups);
  const std::vector<int32_t> no_zeros(args.n * groups);
  const Prepacked<int32_t> zeros(kPrepackedInt4, args.zeros ? args.zeros : no_zeros.data(), args.n,
                                 groups);
  args.w = w.weights();
  args.scales = scales.weights();
  if (args.zeros) args.zeros = zeros.weights();
  args.is_prepacked = true;
  context() += ", prepacked";
  with_each_thread_count([&] { check_product(args, want, product); });
}

// A layer of int4 weights in groups, whose rows are quantized to int8 as they come.
struct Int8Int4Problem {
  RandomRotation rotation;
  std::vector<float> x, scales, bias;
  std::vector<int32_t> w, zeros;
  LinearInt8Int4Args args{};

  Int8Int4Problem(Random& random, int64_t m, int64_t n, int64_t k, int64_t group_size,
                  std::vector<float> rows)
      : rotation(random, k),
        x(std::move(rows)),
        scales(random_floats(random, n * group_count(k, group_size), 1e-3f, 1e-1f)),
        bias(random_floats(random, n, -3, 3)),
        w(random_words(random, n * int4_words(k))),  // tails too: they must not count
        zeros(random_integers(random, n * group_count(k, group_size), 0, 15)) {
    args.x = x.data();
    args.w = w.data();
    args.scales = scales.data();
    args.zeros = random.chance(0.5) ? zeros.data() : nullptr;
    args.bias = random.chance(0.5) ? bias.data() : nullptr;
    args.m = m;
    args.n = n;
    args.k = k;
    args.group_size = group_size;
    args.activation = kActivations[random.integer(0, 2)];
    args.method = random_method(random);
    args.rotation = rotation.rotation;
  }
  // args points into this.
  Int8Int4Problem(const Int8Int4Problem&) = delete;
  Int8Int4Problem& operator=(const Int8Int4Problem&) = delete;

  std::string text() const {
    return format(
        "m %lld, n %lld, k %lld, group size %lld, zeros %d, bias %d, method %d, rotation %lld",
        static_cast<long long>(args.m), static_cast<long long>(args.n),
        static_cast<long long>(args.k), static_cast<long long>(args.group_size),
        args.zeros != nullptr, args.bias != nullptr, static_cast<int>(args.method),
        static_cast<long long>(args.rotation.block_size));
  }
};

// Rows [m, k] with one of zeros and one that is not finite.
inline std::vector<float> rows_with_special_ones(Random& random, int64_t m, int64_t k) {
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  if (m > 2 && k > 0) {
    std::fill_n(x.begin() + k, k, 0.0f);
    x[2 * k + k / 2] = random.chance(0.5) ? kNan : kInfinity;
  }
  return x;
}

// Rows [m, k] of which only the last `count` values are not 0.
inline std::vector<float> floats_of_the_end(Random& random, int64_t m, int64_t k, int64_t count) {
  std::vector<float> x = random_floats(random, m * k, -2, 3);
  for (int64_t row = 0; row < m; ++row) std::fill_n(x.begin() + row * k, k - count, 0.0f);
  return x;
}

}  // namespace qutlass::test
