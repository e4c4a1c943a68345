// Integers to packed words. Each task checks the values of some rows, then packs them; where a
// value does not fit, what has been packed is of no use to anyone.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kValuesPerTask = 32 * 1024;  // which the second-level cache holds

// A packed format: `kBits` an element, values lowest ... highest stored with `offset` added.
template <int kElementBits>
struct Format {
  static constexpr int kBits = kElementBits;
  static constexpr int64_t kPerWord = 32 / kBits;
  int32_t lowest;
  int32_t highest;
  int32_t offset;
};

// Without branches, so that a loop of them is one of vectors.
bool fits(int32_t value, int32_t lowest, int32_t highest) {
  return (value >= lowest) & (value <= highest);
}

// Whether the rounded value fits. `lowest` is even and `highest` odd, so that of the two ties
// lowest - 0.5 rounds into the range and highest + 0.5 out of it. NaN does not fit.
bool fits(float value, int32_t lowest, int32_t highest) {
  return (value >= static_cast<float>(lowest) - 0.5f) &
         (value < static_cast<float>(highest) + 0.5f);
}

int32_t to_integer(int32_t value) { return value; }
int32_t to_integer(float value) { return static_cast<int32_t>(std::lrintf(value)); }

// The index of the first of the values begin ... end - 1 that does not fit; `end` where all do.
template <int kBits, typename T>
int64_t first_misfit(const T* x, int64_t begin, int64_t end, const Format<kBits>& format) {
  const int32_t lowest = format.lowest, highest = format.highest;
  int32_t misfits = 0;  // an integer, of which a vector has as many as of values
  for (int64_t i = begin; i < end; ++i) misfits |= fits(x[i], lowest, highest) ? 0 : 1;
  if (misfits == 0) return end;
  int64_t index = begin;
  while (fits(x[index], lowest, highest)) ++index;
  return index;
}

void lower(std::atomic<int64_t>& least, int64_t value) {
  int64_t known = least;
  while (value < known && !least.compare_exchange_weak(known, value)) {
  }
}

void print(char* text, size_t size, int32_t value) { std::snprintf(text, size, "%d", value); }

void print(char* text, size_t size, float value) {
  if (is_nan(value)) {
    std::snprintf(text, size, "NaN");
  } else if (!is_finite(value)) {
    std::snprintf(text, size, value > 0 ? "Infinity" : "-Infinity");
  } else {
    std::snprintf(text, size, "%.9g", static_cast<double>(value));
  }
}

template <int kBits, typename T>
const char* misfit_message(T value, int64_t index, const Format<kBits>& format) {
  thread_local char message[128];
  char shown[32];
  print(shown, sizeof shown, value);
  std::snprintf(message, sizeof message, "value %s at index %lld is out of range %d..%d", shown,
                static_cast<long long>(index), format.lowest, format.highest);
  return message;
}

// Elements of a row, byte by byte: loops that the compiler turns to vectors.
template <typename T>
void pack_row(const T* x, int64_t k, const Format<8>&, int32_t* words) {
  auto* bytes = reinterpret_cast<int8_t*>(words);
  for (int64_t i = 0; i < k; ++i) bytes[i] = static_cast<int8_t>(to_integer(x[i]));
  for (int64_t i = k; i % Format<8>::kPerWord != 0; ++i) bytes[i] = 0;
}

template <typename T>
void pack_row(const T* x, int64_t k, const Format<4>& format, int32_t* words) {
  auto* bytes = reinterpret_cast<uint8_t*>(words);
  const int32_t offset = format.offset;
  const auto nibble = [&](int64_t i) { return to_integer(x[i]) + offset; };
  for (int64_t i = 0; i < k / 2; ++i) {
    bytes[i] = static_cast<uint8_t>(nibble(2 * i) | nibble(2 * i + 1) << 4);
  }
  // The tail is of values 0.
  if (k % 2 != 0) bytes[k / 2] = static_cast<uint8_t>(nibble(k - 1) | offset << 4);
  for (int64_t i = divide_up(k, 2); i % static_cast<int64_t>(sizeof *words) != 0; ++i) {
    bytes[i] = static_cast<uint8_t>(offset | offset << 4);
  }
}

template <int kBits, typename T>
const char* pack(const T* x, const PackArgs& args, const Format<kBits>& format) {
  const int64_t size = args.rows * args.k;
  const int64_t words = divide_up(args.k, format.kPerWord);
  const int64_t rows_per_task = std::max<int64_t>(kValuesPerTask / args.k, 1);
  std::atomic<int64_t> misfit{size};
  parallel_ranges(args.rows, rows_per_task, size, [&](int64_t begin, int64_t end) {
    const int64_t index = first_misfit(x, begin * args.k, end * args.k, format);
    if (index < end * args.k) return lower(misfit, index);
    for (int64_t row = begin; row < end; ++row) {
      pack_row(x + row * args.k, args.k, format, args.packed + row * words);
    }
  });
  return misfit < size ? misfit_message(x[misfit], misfit, format) : nullptr;
}

template <int kBits>
const char* pack(const PackArgs& args, const Format<kBits>& format) {
  if (const char* error = configuration_error()) return error;
  if (args.rows == 0 || args.k == 0) return nullptr;
  return args.integers ? pack(args.integers, args, format) : pack(args.floats, args, format);
}

}  // namespace

const char* pack_int4(const PackArgs& args) {
  return pack(args, args.is_signed ? Format<4>{-8, 7, 8} : Format<4>{0, 15, 0});
}

const char* pack_int8(const PackArgs& args) { return pack(args, Format<8>{-128, 127, 0}); }

}  // namespace qutlass::cpu
