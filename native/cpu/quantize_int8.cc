// Activations to int8, one scale a row.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "cpu/value_range.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kValuesPerTask = 16 * 1024;
// Simple operations a value.
constexpr int64_t kWorkPerValue = 4;

Quantizer row_quantizer(const float* x, int64_t k, bool symmetric) {
  if (symmetric) return symmetric_quantizer(row_magnitude(x, k), 127.0f, 0);
  const ValueRange range = row_range(x, k);
  return asymmetric_quantizer(range.lo, range.hi, 255.0f, -128.0f);
}

// Such a quantizer's zero is 0.
void fill_with_zeros(int32_t* words, int64_t count) { std::fill_n(words, count, 0); }

}  // namespace

const char* quantize_int8(const QuantizeInt8Args& args) {
  if (const char* error = configuration_error()) return error;
  const Isa& isa = *configuration().isa;
  const int64_t words = int8_words(args.k);
  const int64_t rows_per_task = std::max<int64_t>(kValuesPerTask / std::max<int64_t>(args.k, 1), 1);
  const int64_t work = args.rows * args.k * kWorkPerValue;
  parallel_ranges(args.rows, rows_per_task, work, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const float* x = args.x + row * args.k;
      const Quantizer quantizer = row_quantizer(x, args.k, args.symmetric);
      if (quantizer.inverse == 0.0f) {
        fill_with_zeros(args.values + row * words, words);
      } else {
        isa.quantize_row(x, args.k, quantizer, args.symmetric ? -127 : -128,
                         args.values + row * words);
      }
      args.scale[row] = quantizer.scale;
      args.zero[row] = quantizer.zero;
    }
  });
  return nullptr;
}

}  // namespace qutlass::cpu
