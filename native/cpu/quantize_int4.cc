// Activations to int4, one scale a row.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/quantized_rows.h"

namespace qutlass::cpu {
namespace {

// A word of values that stand for 0.
constexpr uint32_t kWordOfZeros = 0x88888888u;
// The stored integer of 0, and the least and the greatest.
constexpr int32_t kZero = 8, kLowest = 1, kHighest = 15;

// Bytes 0 ... 15 to nibbles, two by two.
void join_nibbles(const uint8_t* bytes, int64_t count, uint8_t* nibbles) {
  for (int64_t i = 0; i < count / 2; ++i) {
    nibbles[i] = static_cast<uint8_t>(bytes[2 * i] | bytes[2 * i + 1] << 4);
  }
}

// For a quantizer whose inverse is not 0.
void quantize_row(const Isa& isa, const float* x, int64_t k, const Quantizer& quantizer,
                  int32_t* words) {
  constexpr int64_t kStretch = 1024;
  int32_t stored[kStretch / kInt8PerWord];
  auto* const bytes = reinterpret_cast<uint8_t*>(stored);
  for (int64_t i = 0; i < k; i += kStretch) {
    const int64_t count = std::min(k - i, kStretch), padded = round_up(count, kInt4PerWord);
    isa.quantize_row(x + i, count, quantizer, kLowest, kHighest, stored);
    std::fill(bytes + count, bytes + padded, static_cast<uint8_t>(kZero));
    join_nibbles(bytes, padded, reinterpret_cast<uint8_t*>(words + i / kInt4PerWord));
  }
}

}  // namespace

const char* quantize_int4(const QuantizeInt4Args& args) {
  if (const char* error = configuration_error()) return error;
  const Isa& isa = *configuration().isa;
  const int64_t words = int4_words(args.k);
  const auto quantize = [&](int64_t row, const float* values) {
    const Quantizer quantizer = symmetric_quantizer(
        symmetric_limit(isa, values, args.k, args.method, kQuestInt4), 7.0f, kZero);
    int32_t* const out = args.values + row * words;
    if (quantizer.inverse == 0.0f) {
      std::fill_n(out, words, static_cast<int32_t>(kWordOfZeros));
    } else {
      quantize_row(isa, values, args.k, quantizer, out);
    }
    args.scale[row] = quantizer.scale;
  };
  return for_each_rotated_row(isa, args.x, args.rows, args.k, args.rotation, quantize);
}

}  // namespace qutlass::cpu
