// Times the CPU kernels: a table on stderr and a JSON line a measurement on stdout.
//
//   bench_cpu [--n=4096] [--k=4096] [--m=1,4,16,64,128,512] [--threads=1,2] [--op=matmul_int4,copy]
//   [--cold] [--inputs=uniform]
//
// Ops are measured in turn, sample by sample, after some of their outputs have been checked against
// the reference. --cold rotates the weights over copies that together exceed 256 MiB. Ops on the
// rows of activations, [m, k], have a copy of x beside them; of hadamard and rotate, the group is
// the block size. int8 weights are normally distributed, and so is x, or with --inputs uniform in
// -1 ... 1, or what GELU makes of normal values of standard deviation 2.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <new>

#include "test/cpu/harness.h"

// Operands begin at a cache line, as TensorFlow's tensors do.
void* operator new(size_t size) {
  constexpr size_t kLineBytes = 64;
  void* memory = std::aligned_alloc(kLineBytes, (size + kLineBytes - 1) / kLineBytes * kLineBytes);
  if (!memory) throw std::bad_alloc();
  return memory;
}
// Not inlined: gcc would warn of a free without its malloc.
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, size_t) noexcept { std::free(memory); }

namespace qutlass::bench {
namespace {

using test::format;

constexpr int kSamples = 21;
constexpr double kSampleSeconds = 0.01;
constexpr int64_t kColdBytes = int64_t{256} << 20;

constexpr int64_t kCopiedAtOnce = 16 * 1024;
// Of rotate's matrix.
constexpr int64_t kMatrixSize = 64;
// Rows of int8 weights that are made; the others repeat them.
constexpr int64_t kWeightRows = 256;

struct Options {
  int64_t n = 4096, k = 4096;
  std::vector<int64_t> m = {1, 4, 16, 64, 128, 512}, threads = {1, 2};
  std::vector<std::string> ops = {""};  // only ops whose names contain one of them
  bool cold = false;
  std::string inputs = "normal";
};

std::vector<std::string> parts_of(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t comma = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

std::vector<int64_t> numbers_of(const std::string& list) {
  std::vector<int64_t> numbers;
  for (const std::string& part : parts_of(list)) {
    numbers.push_back(std::strtoll(part.c_str(), nullptr, 10));
  }
  return numbers;
}

// False where an argument is not known.
bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const size_t equals = std::min(argument.find('='), argument.size() - 1);
    const std::string name = argument.substr(0, equals), value = argument.substr(equals + 1);
    if (argument == "--cold") {
      options.cold = true;
    } else if (name == "--inputs") {
      if (value != "uniform" && value != "normal" && value != "gelu") return false;
      options.inputs = value;
    } else if (name == "--op") {
      options.ops = parts_of(value);
    } else if (name == "--m" || name == "--threads") {
      (name == "--m" ? options.m : options.threads) = numbers_of(value);
    } else if (name == "--n" || name == "--k") {
      const std::vector<int64_t> numbers = numbers_of(value);
      if (numbers.size() != 1 || numbers[0] < 1) return false;
      (name == "--n" ? options.n : options.k) = numbers[0];
    } else {
      return false;
    }
  }
  const auto positive = [](int64_t number) { return number > 0; };
  return std::all_of(options.m.begin(), options.m.end(), positive) &&
         std::all_of(options.threads.begin(), options.threads.end(), positive);
}

std::vector<float> inputs_of(test::Random& random, int64_t size, const std::string& inputs) {
  if (inputs == "uniform") return test::random_floats(random, size, -1, 1);
  std::vector<float> x(size);
  for (float& value : x) {
    // Box and Muller's transformation.
    const float radius = std::sqrt(-2.0f * std::log(random.uniform(0x1p-24f, 1.0f)));
    const float normal = radius * std::cos(random.uniform(0.0f, 6.2831853f));
    const float before = 2.0f * normal;
    value = inputs == "normal" ? normal : 0.5f * before * std::erfc(-before * std::sqrt(0.5f));
  }
  return x;
}

// Rows of floats, quantized to packed int8.
std::vector<int32_t> int8_rows(const std::vector<float>& x, int64_t rows, int64_t k) {
  std::vector<int32_t> values(rows * int8_words(k)), zero(rows);
  std::vector<float> scale(rows);
  cpu::quantize_int8({x.data(),
                      values.data(),
                      scale.data(),
                      zero.data(),
                      rows,
                      k,
                      true,
                      ScaleMethod::kAbsMax,
                      {}});
  return values;
}

std::vector<int32_t> int8_weights(test::Random& random, int64_t rows, int64_t k) {
  const int64_t made = std::min(rows, kWeightRows);
  const std::vector<int32_t> some = int8_rows(inputs_of(random, made * k, "normal"), made, k);
  std::vector<int32_t> all(rows * int8_words(k));
  for (size_t i = 0; i < all.size(); ++i) all[i] = some[i % some.size()];
  return all;
}

// Scales of int4 weights in groups, prepacked.
std::vector<float> prepacked_scales(const std::vector<float>& scales, int64_t n, int64_t groups) {
  std::vector<float> prepacked(cpu::prepacked_int4_scales_size(n, groups));
  cpu::prepack_int4_scales({reinterpret_cast<const int32_t*>(scales.data()),
                            reinterpret_cast<int32_t*>(prepacked.data()), n, groups});
  return prepacked;
}

// Copies of packed weights, as they are and, where this processor has such, prepacked when they are
// asked for.
struct Weights {
  int64_t n, words;
  int64_t (*prepacked_size)(int64_t n, int64_t words);
  const char* (*prepack)(const PrepackArgs& args);
  std::vector<std::vector<int32_t>> copies;
  std::vector<std::vector<int32_t>> prepacked = {};

  bool can_be_prepacked() const { return prepacked_size(n, words) > 0; }
  const int32_t* copy(int64_t i) const { return copies[i % copies.size()].data(); }
  const int32_t* prepacked_copy(int64_t i) {
    prepacked.resize(copies.size());
    std::vector<int32_t>& packed = prepacked[i % copies.size()];
    if (packed.empty()) {
      packed.resize(prepacked_size(n, words));
      prepack({copy(i), packed.data(), n, words});
    }
    return packed.data();
  }
  const int32_t* at(int64_t i, bool is_prepacked) {
    return is_prepacked ? prepacked_copy(i) : copy(i);
  }
};

// Operands of every op for one m; weights come in copies.
struct Operands {
  int64_t m, n, k;
  std::vector<float> x, sa, sb, scales, y, rows, row_scales, matrix;
  std::vector<int32_t> a, a4, a_zero, row_zeros;
  Weights w8 = {n, int8_words(k), cpu::prepacked_int8_size, cpu::prepack_int8, {}};
  Weights w4 = {n, int4_words(k), cpu::prepacked_int4_size, cpu::prepack_int4, {}};

  Operands(int64_t m, const Options& options)
      : m(m),
        n(options.n),
        k(options.k),
        y(m * n),
        rows(m * k),
        row_scales(m),
        a_zero(m, 3),
        row_zeros(m) {
    test::Random random(1);
    x = inputs_of(random, m * k, options.inputs);
    sa = test::random_floats(random, m, 1e-3f, 1e-2f);
    sb = test::random_floats(random, n, 1e-3f, 1e-2f);
    scales = test::random_floats(random, n * group_count(k, 8), 1e-3f, 1e-2f);
    matrix = test::random_floats(random, kMatrixSize * kMatrixSize, -1, 1);
    a = int8_rows(x, m, k);
    a4 = test::random_words(random, m * int4_words(k));
    const auto copies = [&](int64_t words) {
      const int64_t bytes = n * words * static_cast<int64_t>(sizeof(int32_t));
      return options.cold ? (kColdBytes + bytes - 1) / bytes : 1;
    };
    w8.copies.assign(copies(w8.words), int8_weights(random, n, k));
    for (int64_t i = copies(w4.words); i > 0; --i) {
      w4.copies.push_back(test::random_words(random, n * w4.words));
    }
  }
};

// One op with its operands: run(i) is call number i, check() looks at some elements of y.
struct Case {
  std::string op;
  int64_t group;
  double bytes;
  double flops;
  std::function<const char*(int64_t)> run;
  std::function<double()> max_relative_error;
  std::vector<double> us;
};

double relative_error(double got, double want) {
  return std::fabs(got - want) / std::max(std::fabs(want), 1e-3);
}

// The greatest relative error of the first columns of the last row of y.
template <typename Args>
double error_of_integers(const Args& args, void (*reference)(const Args&)) {
  Args some = args;
  some.n = std::min<int64_t>(args.n, 64);
  std::vector<float> want(args.m * some.n);
  some.y = want.data();
  reference(some);
  double error = 0;
  for (int64_t j = 0; j < some.n; ++j) {
    const float got = args.y[(args.m - 1) * args.n + j];
    error = std::max(error, relative_error(got, want[(args.m - 1) * some.n + j]));
  }
  return error;
}

double error_of_int4(const MatmulInt4Args& args) {
  double error = 0;
  for (int64_t j = 0; j < std::min<int64_t>(args.n, 64); ++j) {
    const double want = reference::matmul_int4_at(args, args.m - 1, j).value;
    error = std::max(error, relative_error(args.y[(args.m - 1) * args.n + j], want));
  }
  return error;
}

// An op whose workspace is made once; `args` are those of a call, by its number.
template <typename Args>
Case product_case(const Operands& o, const std::string& op, int64_t group, double bytes,
                  const char* (*kernel)(const Args&, void*), std::function<Args(int64_t)> args,
                  std::function<double(const Args&)> error) {
  const Args first = args(0);
  auto workspace =
      std::make_shared<test::Guarded<char>>(static_cast<int64_t>(cpu::workspace_bytes(first)));
  return {op,
          group,
          bytes,
          2.0 * o.m * o.n * o.k,
          [=](int64_t i) { return kernel(args(i), workspace->data()); },
          [=] {
            kernel(args(0), workspace->data());
            return error(args(0));
          },
          {}};
}

// Of weights as they are, or prepacked.
void add_int8_cases(Operands& o, bool prepacked, std::vector<Case>& cases) {
  const std::string suffix = prepacked ? " prepacked" : "";
  const double bytes = 4.0 * o.m * o.k + 4.0 * o.m * o.n + o.n * o.k;
  const auto weights = [&o, prepacked](int64_t i) { return o.w8.at(i, prepacked); };
  cases.push_back(product_case<LinearInt8Args>(
      o, "linear_int8" + suffix, 0, bytes, cpu::linear_int8,
      [&o, prepacked, weights](int64_t i) {
        return LinearInt8Args{
            o.x.data(), weights(i), o.sb.data(), nullptr, o.y.data(),          o.m,
            o.n,        o.k,        false,       true,    Activation::kLinear, ScaleMethod::kAbsMax,
            Rotation{}, prepacked};
      },
      [&o](LinearInt8Args args) {
        args.w = o.w8.copy(0);
        return error_of_integers(args, reference::linear_int8);
      }));
  for (bool has_zero : {false, true}) {
    cases.push_back(product_case<MatmulInt8Args>(
        o, (has_zero ? "matmul_int8 a_zero" : "matmul_int8") + suffix, 0, bytes, cpu::matmul_int8,
        [&o, has_zero, prepacked, weights](int64_t i) {
          return MatmulInt8Args{o.a.data(),
                                weights(i),
                                o.sa.data(),
                                o.sb.data(),
                                has_zero ? o.a_zero.data() : nullptr,
                                nullptr,
                                o.y.data(),
                                o.m,
                                o.n,
                                int8_words(o.k),
                                false,
                                false,
                                Activation::kLinear,
                                prepacked};
        },
        [&o](MatmulInt8Args args) {
          args.b = o.w8.copy(0);
          return error_of_integers(args, reference::matmul_int8);
        }));
  }
}

// The same of int4 weights in groups.
void add_int4_cases(Operands& o, bool prepacked, std::vector<Case>& cases) {
  const std::string suffix = prepacked ? " prepacked" : "";
  const double bytes = 4.0 * o.m * o.k + 4.0 * o.m * o.n + o.n * o.k / 2;
  for (int64_t group : {int64_t{128}, int64_t{64}, int64_t{32}, o.k}) {
    const auto scales = std::make_shared<std::vector<float>>(
        prepacked ? prepacked_scales(o.scales, o.n, group_count(o.k, group)) : o.scales);
    cases.push_back(product_case<MatmulInt4Args>(
        o, "matmul_int4" + suffix, group, bytes, cpu::matmul_int4,
        [&o, group, prepacked, scales](int64_t i) {
          return MatmulInt4Args{o.x.data(),
                                o.w4.at(i, prepacked),
                                scales->data(),
                                nullptr,
                                nullptr,
                                o.y.data(),
                                o.m,
                                o.n,
                                o.k,
                                group,
                                Activation::kLinear,
                                nullptr,
                                prepacked};
        },
        [&o](MatmulInt4Args args) {
          args.w = o.w4.copy(0);
          args.scales = o.scales.data();
          return error_of_int4(args);
        }));
    cases.push_back(product_case<LinearInt8Int4Args>(
        o, "linear_int8_int4" + suffix, group, bytes, cpu::linear_int8_int4,
        [&o, group, prepacked, scales](int64_t i) {
          return LinearInt8Int4Args{o.x.data(),
                                    o.w4.at(i, prepacked),
                                    scales->data(),
                                    nullptr,
                                    nullptr,
                                    o.y.data(),
                                    o.m,
                                    o.n,
                                    o.k,
                                    group,
                                    Activation::kLinear,
                                    ScaleMethod::kAbsMax,
                                    Rotation{},
                                    prepacked};
        },
        [&o](LinearInt8Int4Args args) {
          args.w = o.w4.copy(0);
          args.scales = o.scales.data();
          return error_of_int4(reference::RowsOfInt8(args).product);
        }));
  }
}

std::vector<Case> product_cases_of(Operands& o) {
  const double activations = 4.0 * o.m * o.k + 4.0 * o.m * o.n;
  std::vector<Case> cases;
  add_int8_cases(o, false, cases);
  if (o.w8.can_be_prepacked()) add_int8_cases(o, true, cases);
  add_int4_cases(o, false, cases);
  if (o.w4.can_be_prepacked()) add_int4_cases(o, true, cases);
  cases.push_back(product_case<MatmulInt4Int4Args>(
      o, "matmul_int4_int4", 0, activations + o.n * o.k / 2, cpu::matmul_int4_int4,
      [&o](int64_t i) {
        return MatmulInt4Int4Args{o.a4.data(),     o.w4.copy(i), o.sa.data(), o.sb.data(),
                                  nullptr,         o.y.data(),   o.m,         o.n,
                                  int4_words(o.k), false,        false,       Activation::kLinear};
      },
      [](const MatmulInt4Int4Args& args) {
        return error_of_integers(args, reference::matmul_int4_int4);
      }));
  for (int64_t block : {int64_t{0}, int64_t{128}}) {
    if (block > 0 && o.k % block != 0) continue;
    cases.push_back(product_case<LinearInt4Args>(
        o, block == 0 ? "linear_int4" : "linear_int4 hadamard", block, activations + o.n * o.k / 2,
        cpu::linear_int4,
        [&o, block](int64_t i) {
          return LinearInt4Args{o.x.data(),
                                o.w4.copy(i),
                                o.sb.data(),
                                nullptr,
                                o.y.data(),
                                o.m,
                                o.n,
                                o.k,
                                false,
                                Activation::kLinear,
                                ScaleMethod::kAbsMax,
                                {block, nullptr}};
        },
        [](const LinearInt4Args& args) {
          return error_of_integers(args, reference::linear_int4);
        }));
  }
  return cases;
}

// An op on the rows of x. Writes `out_bytes`; `error` compares what it wrote with the reference.
Case row_case(const Operands& o, const std::string& op, int64_t block, double out_bytes,
              std::function<const char*()> run, std::function<double()> error) {
  return {op,
          block,
          4.0 * o.m * o.k + out_bytes,
          0.0,
          [run](int64_t) { return run(); },
          [run, error] {
            run();
            return error();
          },
          {}};
}

template <typename T>
double largest_error(const T* got, const std::vector<T>& want) {
  double error = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    const auto got_value = static_cast<double>(got[i]);
    error = std::max(error, relative_error(got_value, static_cast<double>(want[i])));
  }
  return error;
}

template <typename Args>
Case rotation_case(Operands& o, const std::string& op, const Args& args,
                   const char* (*kernel)(const Args&), void (*reference)(const Args&)) {
  return row_case(
      o, op, args.block_size, 4.0 * o.m * o.k, [=] { return kernel(args); },
      [=] {
        std::vector<float> want(args.rows * args.k);
        Args other = args;
        other.y = want.data();
        reference(other);
        return largest_error(args.y, want);
      });
}

// Of values and scales; a quantizer of int8 has zeros too.
template <typename Args>
Case quantizer_case(Operands& o, const std::string& op, Args args, int64_t words,
                    const char* (*kernel)(const Args&), void (*reference)(const Args&)) {
  args.values = reinterpret_cast<int32_t*>(o.rows.data());
  return row_case(
      o, op, args.rotation.block_size, 4.0 * o.m * words, [=] { return kernel(args); },
      [=] {
        std::vector<int32_t> want(args.rows * words);
        Args other = args;
        other.values = want.data();
        reference(other);
        return largest_error(args.values, want);
      });
}

std::vector<Case> row_cases_of(Operands& o) {
  std::vector<Case> cases;
  cases.push_back(row_case(
      o, "copy", 0, 4.0 * o.m * o.k,
      [&o]() -> const char* {
        const int64_t size = o.m * o.k;
        cpu::parallel_ranges(size, kCopiedAtOnce, 4 * size, [&](int64_t begin, int64_t end) {
          std::copy(o.x.begin() + begin, o.x.begin() + end, o.rows.begin() + begin);
        });
        return nullptr;
      },
      [] { return 0.0; }));
  for (int64_t size : test::kHadamardSizes) {
    if (o.k % size != 0) continue;
    cases.push_back(rotation_case<HadamardArgs>(o, "hadamard",
                                                {o.x.data(), o.rows.data(), o.m, o.k, size},
                                                cpu::hadamard, reference::hadamard));
  }
  if (o.k % kMatrixSize == 0) {
    cases.push_back(rotation_case<RotateArgs>(
        o, "rotate", {o.x.data(), o.matrix.data(), o.rows.data(), o.m, o.k, kMatrixSize},
        cpu::rotate, reference::rotate));
  }
  for (int64_t size : {int64_t{0}, int64_t{128}}) {
    if (size > 0 && o.k % size != 0) continue;
    for (ScaleMethod method : {ScaleMethod::kAbsMax, ScaleMethod::kQuest}) {
      const std::string suffix = std::string(method == ScaleMethod::kQuest ? " quest" : "") +
                                 (size > 0 ? " hadamard" : "");
      cases.push_back(quantizer_case<QuantizeInt8Args>(o, "quantize_int8" + suffix,
                                                       {o.x.data(),
                                                        nullptr,
                                                        o.row_scales.data(),
                                                        o.row_zeros.data(),
                                                        o.m,
                                                        o.k,
                                                        true,
                                                        method,
                                                        {size, nullptr}},
                                                       int8_words(o.k), cpu::quantize_int8,
                                                       reference::quantize_int8));
      cases.push_back(quantizer_case<QuantizeInt4Args>(
          o, "quantize_int4" + suffix,
          {o.x.data(), nullptr, o.row_scales.data(), o.m, o.k, method, {size, nullptr}},
          int4_words(o.k), cpu::quantize_int4, reference::quantize_int4));
    }
  }
  return cases;
}

double seconds_of(const Case& c, int64_t first_call, int64_t calls) {
  const auto start = std::chrono::steady_clock::now();
  for (int64_t i = 0; i < calls; ++i) c.run(first_call + i);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void measure(std::vector<Case>& cases) {
  std::vector<int64_t> calls;
  for (const Case& c : cases) {
    seconds_of(c, 0, 1);
    calls.push_back(1 + static_cast<int64_t>(kSampleSeconds / seconds_of(c, 1, 1)));
  }
  for (int sample = 0; sample < kSamples; ++sample) {
    for (size_t i = 0; i < cases.size(); ++i) {
      const double seconds = seconds_of(cases[i], sample * calls[i], calls[i]);
      cases[i].us.push_back(1e6 * seconds / static_cast<double>(calls[i]));
    }
  }
  for (Case& c : cases) std::sort(c.us.begin(), c.us.end());
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "";
}

void print(const Case& c, const Operands& o, const Options& options, double error) {
  const double p20 = c.us[kSamples / 5], median = c.us[kSamples / 2], p80 = c.us[kSamples * 4 / 5];
  const double tflops = c.flops / median * 1e-6, gbps = c.bytes / median * 1e-3;
  std::fprintf(stderr, "%-28s %5lld %5lld %7d %11.0f %11.0f %11.0f %8.3f %7.1f\n", c.op.c_str(),
               static_cast<long long>(c.group), static_cast<long long>(o.m), cpu::thread_count(),
               p20, median, p80, tflops, gbps);
  std::printf(
      "{\"op\":\"%s\",\"provider\":\"qutlass-cpu\",\"m\":%lld,\"n\":%lld,\"k\":%lld,\"group\":%lld,"
      "\"cold\":%s,\"us\":{\"p20\":%.1f,\"median\":%.1f,\"p80\":%.1f},\"tflops\":%.4f,\"gbps\":%."
      "2f,"
      "\"maxRelativeError\":%.3g,\"device\":\"%s, %d threads, %s\",\"libraries\":{},"
      "\"commit\":\"%s\"}\n",
      c.op.c_str(), static_cast<long long>(o.m), static_cast<long long>(o.n),
      static_cast<long long>(o.k), static_cast<long long>(c.group), options.cold ? "true" : "false",
      p20, median, p80, tflops, gbps, error, processor_name().c_str(), cpu::thread_count(),
      cpu::isa_name(), QUTLASS_COMMIT);
}

bool is_chosen(const Case& c, const Options& options) {
  return std::any_of(options.ops.begin(), options.ops.end(),
                     [&](const std::string& op) { return c.op.find(op) != std::string::npos; });
}

int run(const Options& options) {
  std::fprintf(stderr, "%-28s %5s %5s %7s %11s %11s %11s %8s %7s\n", "op", "group", "m", "threads",
               "p20 us", "median us", "p80 us", "tflops", "GB/s");
  for (int64_t m : options.m) {
    Operands operands(m, options);
    for (int64_t threads : options.threads) {
      cpu::set_thread_count(static_cast<int>(threads));
      std::vector<Case> cases = product_cases_of(operands);
      for (const Case& c : row_cases_of(operands)) cases.push_back(c);
      cases.erase(std::remove_if(cases.begin(), cases.end(),
                                 [&](const Case& c) { return !is_chosen(c, options); }),
                  cases.end());
      std::vector<double> errors;
      for (const Case& c : cases) {
        errors.push_back(c.max_relative_error());
        if (errors.back() < 0.02) continue;
        std::fprintf(stderr, "%s is wrong: relative error %g\n", c.op.c_str(), errors.back());
        return 1;
      }
      measure(cases);
      for (size_t i = 0; i < cases.size(); ++i) print(cases[i], operands, options, errors[i]);
    }
  }
  return 0;
}

}  // namespace
}  // namespace qutlass::bench

int main(int count, char** arguments) {
  qutlass::bench::Options options;
  if (!qutlass::bench::parse(count, arguments, options)) {
    std::fprintf(stderr,
                 "usage: bench_cpu [--n=4096] [--k=4096] [--m=1,4,16,64,128,512] [--threads=1,2] "
                 "[--op=matmul_int4,copy] [--cold] [--inputs=uniform|normal|gelu]\n");
    return 2;
  }
  if (const char* error = qutlass::cpu::pack_int4({})) {
    std::fprintf(stderr, "%s\n", error);
    return 2;
  }
  return qutlass::bench::run(options);
}
