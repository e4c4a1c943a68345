// Packed words to integers.
#include <algorithm>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/parallel.h"

namespace qutlass::cpu {
namespace {

constexpr int64_t kValuesPerTask = 64 * 1024;

// Element i of a word is element_of(word, i), less offset.
template <int kPerWord, typename ElementOf>
const char* unpack(const UnpackArgs& args, int32_t offset, ElementOf element_of) {
  if (const char* error = configuration_error()) return error;
  const int64_t words = divide_up(args.k, kPerWord);
  const int64_t whole = args.k / kPerWord;
  const int64_t rows_per_task = std::max<int64_t>(kValuesPerTask / std::max<int64_t>(args.k, 1), 1);
  parallel_ranges(args.rows, rows_per_task, args.rows * args.k, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      const int32_t* packed = args.packed + row * words;
      int32_t* integers = args.integers + row * args.k;
      for (int64_t w = 0; w < whole; ++w) {
        const uint32_t word = static_cast<uint32_t>(packed[w]);
        for (int i = 0; i < kPerWord; ++i)
          integers[w * kPerWord + i] = element_of(word, i) - offset;
      }
      for (int64_t k = whole * kPerWord; k < args.k; ++k) {
        const uint32_t word = static_cast<uint32_t>(packed[whole]);
        integers[k] = element_of(word, static_cast<int>(k % kPerWord)) - offset;
      }
    }
  });
  return nullptr;
}

}  // namespace

const char* unpack_int4(const UnpackArgs& args) {
  return unpack<kInt4PerWord>(args, args.is_signed ? 8 : 0,
                              [](uint32_t word, int i) { return int4_of(word, i); });
}

const char* unpack_int8(const UnpackArgs& args) {
  return unpack<kInt8PerWord>(args, 0, [](uint32_t word, int i) { return int8_of(word, i); });
}

}  // namespace qutlass::cpu
