// Floats to integers, over the vector type of an instruction set: for isa_*.cc alone (see isa.h).
//
// Beside what isa_int4_kernels.h names, a vector type V has multiply, minimum, maximum, round (half
// to even), to_int (of whole numbers), zero_where_zero(v, test) = test == 0 ? 0 : v, bit_and,
// bit_or, shift_left(v, n), and store_bytes(p, v, count): the low bytes of the first lanes,
// store_bytes(p, v): those of four vectors, of values that are int8.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// The steps of quantize in qutlass/numerics.h.
template <typename V>
[[gnu::always_inline]] inline typename V::Int quantize_lanes(typename V::Float x,
                                                             typename V::Float inverse,
                                                             typename V::Float zero, float lowest,
                                                             float highest) {
  const typename V::Float steps = V::round(V::multiply(x, inverse));
  const typename V::Float shifted = V::add(V::zero_where_zero(steps, inverse), zero);
  return V::to_int(V::minimum(V::maximum(shifted, V::broadcast(lowest)), V::broadcast(highest)));
}

template <typename V>
void quantize_row(const float* x, int64_t k, const Quantizer& quantizer, int32_t lowest,
                  int32_t highest, int32_t* words) {
  const typename V::Float inverse = V::broadcast(quantizer.inverse);
  const typename V::Float zero = V::broadcast(static_cast<float>(quantizer.zero));
  const float low = static_cast<float>(lowest), high = static_cast<float>(highest);
  int8_t* bytes = reinterpret_cast<int8_t*>(words);
  const int64_t padded = (k + kInt8PerWord - 1) / kInt8PerWord * kInt8PerWord;
  int64_t i = 0;
  for (; i + 4 * V::kLanes <= k; i += 4 * V::kLanes) {
    typename V::Int q[4];
    for (int j = 0; j < 4; ++j) {
      q[j] = quantize_lanes<V>(V::load(x + i + j * V::kLanes), inverse, zero, low, high);
    }
    V::store_bytes(bytes + i, q);
  }
  for (; i + V::kLanes <= k; i += V::kLanes) {
    V::store_bytes(bytes + i, quantize_lanes<V>(V::load(x + i), inverse, zero, low, high),
                   V::kLanes);
  }
  if (i < k) {
    V::store_bytes(bytes + i,
                   quantize_lanes<V>(V::load_first(x + i, k - i), inverse, zero, low, high), k - i);
  }
  for (i = k; i < padded; ++i) bytes[i] = 0;
}

template <typename V>
void quantize_columns(const float* x, int64_t stride, int count, int bits, int64_t columns,
                      const ColumnQuantizers& quantizers, int32_t* words) {
  const typename V::Int mask = V::broadcast(int32_t{(1 << bits) - 1});
  for (int64_t j = 0; j < columns; j += V::kLanes) {
    const typename V::Float inverse = V::load(quantizers.inverse + j);
    const typename V::Float zero = V::load(quantizers.zero + j);
    typename V::Int word = V::broadcast(int32_t{0});
    for (int i = 0; i < count; ++i) {
      const float* row = x + i * stride + j;
      const typename V::Float values =
          columns - j >= V::kLanes ? V::load(row) : V::load_first(row, columns - j);
      const typename V::Int q =
          quantize_lanes<V>(values, inverse, zero, quantizers.lowest, quantizers.highest);
      word = V::bit_or(word, V::shift_left(V::bit_and(q, mask), i * bits));
    }
    V::store(words + j, word);
  }
}

}  // namespace
}  // namespace qutlass::cpu
