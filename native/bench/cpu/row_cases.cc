#include "row_cases.h"

#include <algorithm>

#include "cpu/parallel.h"
#include "relative_error.h"
#include "test/inputs.h"
#include "test/reference.h"

namespace qutlass::bench {
namespace {

constexpr int64_t kCopiedAtOnce = 16 * 1024;

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
          }};
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

Case copy_case(Operands& o) {
  return row_case(
      o, "copy", 0, 4.0 * o.m * o.k,
      [&o]() -> const char* {
        const int64_t size = o.m * o.k;
        cpu::parallel_ranges(size, kCopiedAtOnce, 4 * size, [&](int64_t begin, int64_t end) {
          std::copy(o.x.begin() + begin, o.x.begin() + end, o.rows.begin() + begin);
        });
        return nullptr;
      },
      [] { return 0.0; });
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

void add_rotations(Operands& o, std::vector<Case>& cases) {
  for (int64_t size : test::kHadamardSizes) {
    if (o.k % size != 0) continue;
    cases.push_back(rotation_case<HadamardArgs>(o, "hadamard",
                                                {o.x.data(), o.rows.data(), o.m, o.k, size},
                                                cpu::hadamard, reference::hadamard));
  }
  if (o.k % kMatrixSize != 0) return;
  cases.push_back(rotation_case<RotateArgs>(
      o, "rotate", {o.x.data(), o.matrix.data(), o.rows.data(), o.m, o.k, kMatrixSize}, cpu::rotate,
      reference::rotate));
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

Case quantize_int8_case(Operands& o, ScaleMethod method, int64_t block, const std::string& suffix) {
  return quantizer_case<QuantizeInt8Args>(o, "quantize_int8" + suffix,
                                          {o.x.data(),
                                           nullptr,
                                           o.row_scales.data(),
                                           o.row_zeros.data(),
                                           o.m,
                                           o.k,
                                           true,
                                           method,
                                           {block, nullptr}},
                                          int8_words(o.k), cpu::quantize_int8,
                                          reference::quantize_int8);
}

Case quantize_int4_case(Operands& o, ScaleMethod method, int64_t block, const std::string& suffix) {
  return quantizer_case<QuantizeInt4Args>(
      o, "quantize_int4" + suffix,
      {o.x.data(), nullptr, o.row_scales.data(), o.m, o.k, method, {block, nullptr}},
      int4_words(o.k), cpu::quantize_int4, reference::quantize_int4);
}

void add_quantizers(Operands& o, std::vector<Case>& cases) {
  for (int64_t block : {int64_t{0}, int64_t{128}}) {
    if (block > 0 && o.k % block != 0) continue;
    for (ScaleMethod method : {ScaleMethod::kAbsMax, ScaleMethod::kQuest}) {
      const std::string suffix = std::string(method == ScaleMethod::kQuest ? " quest" : "") +
                                 (block > 0 ? " hadamard" : "");
      cases.push_back(quantize_int8_case(o, method, block, suffix));
      cases.push_back(quantize_int4_case(o, method, block, suffix));
    }
  }
}

}  // namespace

std::vector<Case> row_cases(Operands& o) {
  std::vector<Case> cases = {copy_case(o)};
  add_rotations(o, cases);
  add_quantizers(o, cases);
  return cases;
}

}  // namespace qutlass::bench
