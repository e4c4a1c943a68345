// Packed words back to floats: (q - zero) * scale.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kValuesPerTask = 64 * 1024;

// Elements begin ... end of a row, `begin` being the first of a word.
template <int kPerWord, typename ElementOf>
void dequantize(const int32_t* row, int64_t begin, int64_t end, int32_t zero, float scale, float* x,
                ElementOf element_of) {
  const auto value_of = [&](int64_t word, int i) {
    const int32_t q = element_of(static_cast<uint32_t>(row[word]), i);
    return multiply(static_cast<float>(q - zero), scale);
  };
  const int64_t whole_end = begin + (end - begin) / kPerWord * kPerWord;
  for (int64_t k = begin; k < whole_end; k += kPerWord) {
    for (int i = 0; i < kPerWord; ++i) x[k + i] = value_of(k / kPerWord, i);
  }
  for (int64_t k = whole_end; k < end; ++k) {
    x[k] = value_of(k / kPerWord, static_cast<int>(k % kPerWord));
  }
}

template <typename Body>
const char* for_each_row(int64_t rows, int64_t k, const Body& body) {
  if (const char* error = configuration_error()) return error;
  const int64_t rows_per_task = std::max<int64_t>(kValuesPerTask / std::max<int64_t>(k, 1), 1);
  parallel_ranges(rows, rows_per_task, rows * k, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) body(row);
  });
  return nullptr;
}

}  // namespace

const char* dequantize_int8(const DequantizeInt8Args& args) {
  const int64_t words = int8_words(args.k);
  return for_each_row(args.rows, args.k, [&](int64_t row) {
    dequantize<kInt8PerWord>(args.values + row * words, 0, args.k, args.zero ? args.zero[row] : 0,
                             args.scale[row], args.x + row * args.k,
                             [](uint32_t word, int i) { return int8_of(word, i); });
  });
}

const char* dequantize_int4(const DequantizeInt4Args& args) {
  constexpr int32_t kMiddle = 8;
  const int64_t words = int4_words(args.k);
  const int64_t groups = group_count(args.k, args.group_size);
  return for_each_row(args.rows, args.k, [&](int64_t row) {
    for (int64_t begin = 0; begin < args.k; begin += args.group_size) {
      const int64_t group = row * groups + begin / args.group_size;
      dequantize<kInt4PerWord>(
          args.values + row * words, begin, std::min(begin + args.group_size, args.k),
          args.zeros ? args.zeros[group] : kMiddle, args.scales[group], args.x + row * args.k,
          [](uint32_t word, int i) { return int4_of(word, i); });
    }
  });
}

}  // namespace qutlass::cpu
