// A Dense layer's kernel [k, n] to int8 or int4 rows [n, words].
//
// The kernel is read along n, where it is contiguous: a task takes a block of columns, each column
// in a lane of its own. Words leave through a small buffer, so that every row is written a cache
// line at a time.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "cpu/value_range.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kBlockColumns = kMaxRangeColumns;
constexpr int64_t kBufferWords = 16;
// Simple operations a value.
constexpr int64_t kWorkPerValue = 4;

// The quantizers of a block of columns, as the instruction sets want them.
struct BlockQuantizers {
  float inverse[kBlockColumns] = {};
  float zero[kBlockColumns] = {};

  void set(int64_t column, const Quantizer& quantizer) {
    inverse[column] = quantizer.inverse;
    zero[column] = static_cast<float>(quantizer.zero);
  }
};

// Quantizes rows k_begin ... k_end of a block of columns, k_begin being the first of a word, and
// writes the words of each column to its row of `values`. `x` is the block's first column.
struct ColumnWriter {
  const Isa& isa;
  const float* x;
  int64_t stride;
  int64_t columns;
  int bits;
  int32_t* values;
  int64_t row_words;

  void write(int64_t k_begin, int64_t k_end, const BlockQuantizers& quantizers, float lowest,
             float highest) const {
    const ColumnQuantizers lanes{quantizers.inverse, quantizers.zero, lowest, highest};
    const int64_t per_word = 32 / bits;
    int32_t buffer[kBufferWords][kBlockColumns];
    for (int64_t k = k_begin; k < k_end; k += kBufferWords * per_word) {
      const int64_t first_word = k / per_word;
      const int64_t words = std::min((k_end - k + per_word - 1) / per_word, kBufferWords);
      for (int64_t w = 0; w < words; ++w) {
        const int64_t row = k + w * per_word;
        const int count = static_cast<int>(std::min(k_end - row, per_word));
        isa.quantize_columns(x + row * stride, stride, count, bits, columns, lanes, buffer[w]);
      }
      for (int64_t j = 0; j < columns; ++j) {
        int32_t* out = values + j * row_words + first_word;
        for (int64_t w = 0; w < words; ++w) out[w] = buffer[w][j];
      }
    }
  }
};

// The first of a kernel's columns from `column` on; a kernel without rows may be null.
const float* block_of(const float* kernel, int64_t k, int64_t column) {
  return k > 0 ? kernel + column : kernel;
}

// Quantizers of one group of a block of columns: rows k_begin ... k_end of `x`.
template <typename Take>
void group_quantizers(const QuantizeWeightInt4Args& args, const float* x, int64_t k_begin,
                      int64_t k_end, int64_t columns, Take take) {
  float magnitude[kBlockColumns] = {}, lo[kBlockColumns] = {}, hi[kBlockColumns] = {};
  const float* group = x + k_begin * args.n;
  take_magnitudes(group, args.n, k_end - k_begin, columns, magnitude);
  if (!args.symmetric) take_extremes(group, args.n, k_end - k_begin, columns, lo, hi);
  for (int64_t j = 0; j < columns; ++j) {
    if (args.symmetric) {
      take(j, symmetric_quantizer(magnitude[j], 7.0f, 8));
    } else if (is_finite(magnitude[j])) {
      take(j, asymmetric_quantizer(lo[j], hi[j], 15.0f, 0.0f));
    } else {
      take(j, asymmetric_quantizer(magnitude[j], magnitude[j], 15.0f, 0.0f));
    }
  }
}

// Fills the elements of each row's last word beyond k with the last group's zero point.
void fill_tails(const QuantizeWeightInt4Args& args, int64_t begin, int64_t end) {
  const int64_t words = int4_words(args.k), groups = group_count(args.k, args.group_size);
  for (int64_t n = begin; n < end; ++n) {
    const int32_t zero = args.zeros[n * groups + groups - 1];
    for (int64_t k = args.k; k < words * kInt4PerWord; ++k) {
      uint32_t word = static_cast<uint32_t>(args.values[n * words + words - 1]);
      word |= int4_in_word(zero, static_cast<int>(k % kInt4PerWord));
      args.values[n * words + words - 1] = static_cast<int32_t>(word);
    }
  }
}

}  // namespace

const char* quantize_weight_int8(const QuantizeWeightInt8Args& args) {
  if (const char* error = configuration_error()) return error;
  const Isa& isa = *configuration().isa;
  const int64_t words = int8_words(args.k);
  parallel_ranges(
      args.n, kBlockColumns, args.n * args.k * kWorkPerValue, [&](int64_t begin, int64_t end) {
        const float* x = block_of(args.kernel, args.k, begin);
        const int64_t columns = end - begin;
        float magnitude[kBlockColumns] = {};
        take_magnitudes(x, args.n, args.k, columns, magnitude);
        BlockQuantizers quantizers;
        for (int64_t j = 0; j < columns; ++j) {
          const Quantizer quantizer = symmetric_quantizer(magnitude[j], 127.0f, 0);
          quantizers.set(j, quantizer);
          args.scale[begin + j] = quantizer.scale;
        }
        const ColumnWriter writer{isa, x, args.n, columns, 8, args.values + begin * words, words};
        writer.write(0, args.k, quantizers, -127.0f, 127.0f);
      });
  return nullptr;
}

const char* quantize_weight_int4(const QuantizeWeightInt4Args& args) {
  if (const char* error = configuration_error()) return error;
  const Isa& isa = *configuration().isa;
  const int64_t words = int4_words(args.k), groups = group_count(args.k, args.group_size);
  const float lowest = args.symmetric ? 1.0f : 0.0f;
  parallel_ranges(
      args.n, kBlockColumns, args.n * args.k * kWorkPerValue, [&](int64_t begin, int64_t end) {
        const float* x = block_of(args.kernel, args.k, begin);
        const int64_t columns = end - begin;
        const ColumnWriter writer{isa, x, args.n, columns, 4, args.values + begin * words, words};
        for (int64_t g = 0; g < groups; ++g) {
          const int64_t k_begin = g * args.group_size;
          const int64_t k_end = std::min(k_begin + args.group_size, args.k);
          BlockQuantizers quantizers;
          group_quantizers(args, x, k_begin, k_end, columns,
                           [&](int64_t j, const Quantizer& quantizer) {
                             quantizers.set(j, quantizer);
                             args.scales[(begin + j) * groups + g] = quantizer.scale;
                             args.zeros[(begin + j) * groups + g] = quantizer.zero;
                           });
          writer.write(k_begin, k_end, quantizers, lowest, 15.0f);
        }
        fill_tails(args, begin, end);
      });
  return nullptr;
}

}  // namespace qutlass::cpu
