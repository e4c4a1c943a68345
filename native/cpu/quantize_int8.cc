// Activations to int8, one scale a row.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/quantized_rows.h"
#include "cpu/value_range.h"

namespace qutlass::cpu {
namespace {

Quantizer row_quantizer(const Isa& isa, const QuantizeInt8Args& args, const float* values) {
  if (args.symmetric) {
    return symmetric_quantizer(symmetric_limit(isa, values, args.k, args.method, kQuestInt8),
                               127.0f, 0);
  }
  const ValueRange range = row_range(isa, values, args.k);
  return asymmetric_quantizer(range.lo, range.hi, 255.0f, -128.0f);
}

// Such a quantizer's zero is 0.
void fill_with_zeros(int32_t* words, int64_t count) { std::fill_n(words, count, 0); }

}  // namespace

const char* quantize_int8(const QuantizeInt8Args& args) {
  if (const char* error = configuration_error()) return error;
  const Isa& isa = *configuration().isa;
  const int64_t words = int8_words(args.k);
  const auto quantize_row = [&](int64_t row, const float* values) {
    const Quantizer quantizer = row_quantizer(isa, args, values);
    if (quantizer.inverse == 0.0f) {
      fill_with_zeros(args.values + row * words, words);
    } else {
      isa.quantize_row(values, args.k, quantizer, args.symmetric ? -127 : -128, 127,
                       args.values + row * words);
    }
    args.scale[row] = quantizer.scale;
    args.zero[row] = quantizer.zero;
  };
  return for_each_rotated_row(isa, args.x, args.rows, args.k, args.rotation, quantize_row);
}

}  // namespace qutlass::cpu
