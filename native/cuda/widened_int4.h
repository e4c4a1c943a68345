// What the products of int4 with int4 that take a widened (widen_int4.cuh) want of it.
#pragma once

#include "cuda/device.h"
#include "cuda/launch.h"

namespace qutlass::cuda {

// 32-bit words of a widened row of so many words of int4.
QUTLASS_HOST_DEVICE constexpr int64_t widened_words(int64_t words) {
  return 2 * round_up(words, 8);
}

// quantize_int4 whose values come widened, [rows, widened_words(int4_words(k))], in -7 ... 7; with
// the sums of the rows, [rows].
const char* quantize_widened_int4(const QuantizeInt4Args& args, int32_t* sums, Stream stream);

}  // namespace qutlass::cuda
