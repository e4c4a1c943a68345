// Integers to packed words: first every value is checked, then every row is packed.
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

constexpr int64_t kValuesPerTask = 64 * 1024;

// A packed format: `kBits` an element, values lowest ... highest stored with `offset` added.
template <int kElementBits>
struct Format {
  static constexpr int kBits = kElementBits;
  static constexpr int64_t kPerWord = 32 / kBits;
  int32_t lowest;
  int32_t highest;
  int32_t offset;
};

bool fits(int32_t value, int32_t lowest, int32_t highest) {
  return value >= lowest && value <= highest;
}

// Whether the rounded value fits. `lowest` is even and `highest` odd, so that of the two ties
// lowest - 0.5 rounds into the range and highest + 0.5 out of it. NaN does not fit.
bool fits(float value, int32_t lowest, int32_t highest) {
  return value >= static_cast<float>(lowest) - 0.5f && value < static_cast<float>(highest) + 0.5f;
}

int32_t to_integer(int32_t value) { return value; }
int32_t to_integer(float value) { return static_cast<int32_t>(std::lrintf(value)); }

// The index of the first value that does not fit; `size` where all do.
template <int kBits, typename T>
int64_t first_misfit(const T* x, int64_t size, const Format<kBits>& format) {
  std::atomic<int64_t> first{size};
  parallel_ranges(size, kValuesPerTask, size, [&](int64_t begin, int64_t end) {
    bool all_fit = true;
    for (int64_t i = begin; i < end; ++i) all_fit &= fits(x[i], format.lowest, format.highest);
    if (all_fit) return;
    int64_t index = begin;
    while (fits(x[index], format.lowest, format.highest)) ++index;
    int64_t known = first;
    while (index < known && !first.compare_exchange_weak(known, index)) {
    }
  });
  return first;
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

template <int kBits, typename T>
void pack_row(const T* x, int64_t k, int32_t offset, int32_t* words) {
  constexpr int64_t kPerWord = Format<kBits>::kPerWord;
  constexpr uint32_t kMask = (1u << kBits) - 1;
  const auto word_of = [&](const T* values, int64_t count) {
    uint32_t word = 0;
    for (int64_t i = 0; i < count; ++i) {
      word |= (static_cast<uint32_t>(to_integer(values[i]) + offset) & kMask) << (kBits * i);
    }
    return static_cast<int32_t>(word);
  };
  const int64_t whole = k / kPerWord;
  for (int64_t w = 0; w < whole; ++w) words[w] = word_of(x + w * kPerWord, kPerWord);
  if (whole * kPerWord < k) words[whole] = word_of(x + whole * kPerWord, k - whole * kPerWord);
}

template <int kBits, typename T>
const char* pack(const T* x, const PackArgs& args, const Format<kBits>& format) {
  const int64_t size = args.rows * args.k;
  const int64_t misfit = first_misfit(x, size, format);
  if (misfit < size) return misfit_message(x[misfit], misfit, format);
  const int64_t words = divide_up(args.k, format.kPerWord);
  const int64_t rows_per_task = std::max<int64_t>(kValuesPerTask / std::max<int64_t>(args.k, 1), 1);
  parallel_ranges(args.rows, rows_per_task, size, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      pack_row<kBits>(x + row * args.k, args.k, format.offset, args.packed + row * words);
    }
  });
  return nullptr;
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
