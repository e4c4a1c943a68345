// Rotations of blocks of floats, over the vector type of an instruction set: for isa_*.cc alone
// (see isa.h). No product is fused with a sum: the order of the roundings is the contract.
//
// Beside what isa_int4_kernels.h names, a vector type V has multiply and butterfly<kStride>(v), for
// strides below kLanes: of lanes i and i + kStride, where i has not that bit, the sum and the
// difference in their places.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// The stages within a vector, from a stride on.
template <typename V, int kStride = 1>
[[gnu::always_inline]] inline typename V::Float butterflies_within(typename V::Float v) {
  if constexpr (kStride < V::kLanes) {
    return butterflies_within<V, 2 * kStride>(V::template butterfly<kStride>(v));
  } else {
    return v;
  }
}

// The stages among vectors, whose strides are counted in vectors.
template <typename V, int kVectors, int kStride = 1>
[[gnu::always_inline]] inline void butterflies_among(typename V::Float (&v)[kVectors]) {
  if constexpr (kStride < kVectors) {
    for (int i = 0; i < kVectors; ++i) {
      if ((i & kStride) != 0) continue;
      const typename V::Float a = v[i], b = v[i + kStride];
      v[i] = V::add(a, b);
      v[i + kStride] = V::subtract(a, b);
    }
    butterflies_among<V, kVectors, 2 * kStride>(v);
  }
}

// The stages of some neighbouring vectors, of which there are kVectors; then the product with
// `factor`.
template <typename V, int kVectors>
[[gnu::always_inline]] inline void first_stages(const float* x, float factor, float* y) {
  typename V::Float v[kVectors];
  for (int i = 0; i < kVectors; ++i) v[i] = butterflies_within<V>(V::load(x + i * V::kLanes));
  butterflies_among<V, kVectors>(v);
  for (int i = 0; i < kVectors; ++i) {
    V::store(y + i * V::kLanes, V::multiply(v[i], V::broadcast(factor)));
  }
}

// The stages of the strides from `stride` to kVectors / 2 times that, in place; then the product
// with `factor`.
template <typename V, int kVectors>
void later_stages(float* y, int64_t stride, float factor) {
  for (int64_t offset = 0; offset < stride; offset += V::kLanes) {
    typename V::Float v[kVectors];
    for (int i = 0; i < kVectors; ++i) v[i] = V::load(y + offset + i * stride);
    butterflies_among<V, kVectors>(v);
    for (int i = 0; i < kVectors; ++i) {
      V::store(y + offset + i * stride, V::multiply(v[i], V::broadcast(factor)));
    }
  }
}

// A block that is larger than first_stages does at once.
template <typename V, int kVectors>
void hadamard_large_block(const float* x, int64_t block_size, float factor, float* y) {
  int64_t stride = kVectors * V::kLanes;
  for (int64_t i = 0; i < block_size; i += stride) first_stages<V, kVectors>(x + i, 1.0f, y + i);
  while (stride < block_size) {
    const int64_t left = block_size / stride;
    const int64_t radix = left < 16 ? left : 16;
    const float last = radix == left ? factor : 1.0f;
    for (int64_t i = 0; i < block_size; i += radix * stride) {
      if (radix == 16) later_stages<V, 16>(y + i, stride, last);
      if (radix == 8) later_stages<V, 8>(y + i, stride, last);
      if (radix == 4) later_stages<V, 4>(y + i, stride, last);
      if (radix == 2) later_stages<V, 2>(y + i, stride, last);
    }
    stride *= radix;
  }
}

template <typename V, int kVectors>
void hadamard_small_blocks(const float* x, int64_t count, float factor, float* y) {
  for (int64_t i = 0; i < count; i += kVectors * V::kLanes) {
    first_stages<V, kVectors>(x + i, factor, y + i);
  }
}

template <typename V>
void hadamard(const float* x, int64_t count, int64_t block_size, float factor, float* y) {
  const int64_t vectors = block_size / V::kLanes;
  if (vectors == 1) return hadamard_small_blocks<V, 1>(x, count, factor, y);
  if (vectors == 2) return hadamard_small_blocks<V, 2>(x, count, factor, y);
  if (vectors == 4) return hadamard_small_blocks<V, 4>(x, count, factor, y);
  if (vectors == 8) return hadamard_small_blocks<V, 8>(x, count, factor, y);
  for (int64_t i = 0; i < count; i += block_size) {
    hadamard_large_block<V, 8>(x + i, block_size, factor, y + i);
  }
}

// Some columns of kRows blocks of y, from those of the matrix: kVectors vectors of them, or where
// kIsWhole is not set the first `columns` of one.
template <typename V, int kRows, int kVectors, bool kIsWhole>
[[gnu::always_inline]] inline void rotate_tile(const float* x, const float* matrix, int64_t size,
                                               int64_t columns, float* y) {
  const auto load = [columns](const float* p) {
    return kIsWhole ? V::load(p) : V::load_first(p, columns);
  };
  typename V::Float sums[kRows][kVectors];
  for (int v = 0; v < kVectors; ++v) {
    const typename V::Float row = load(matrix + v * V::kLanes);
    for (int r = 0; r < kRows; ++r) sums[r][v] = V::multiply(V::broadcast(x[r * size]), row);
  }
  for (int64_t i = 1; i < size; ++i) {
    typename V::Float row[kVectors];
    for (int v = 0; v < kVectors; ++v) row[v] = load(matrix + i * size + v * V::kLanes);
    for (int r = 0; r < kRows; ++r) {
      const typename V::Float value = V::broadcast(x[r * size + i]);
      for (int v = 0; v < kVectors; ++v) {
        sums[r][v] = V::add(sums[r][v], V::multiply(value, row[v]));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    float* out = y + r * size;
    if (kIsWhole) {
      for (int v = 0; v < kVectors; ++v) V::store(out + v * V::kLanes, sums[r][v]);
    } else {
      float last[V::kLanes];
      V::store(last, sums[r][0]);
      for (int64_t j = 0; j < columns; ++j) out[j] = last[j];
    }
  }
}

template <typename V, int kVectors, bool kIsWhole>
void rotate_columns(const float* x, int64_t count, const float* matrix, int64_t size,
                    int64_t columns, float* y) {
  constexpr int kRows = 4;
  int64_t i = 0;
  for (; i + kRows * size <= count; i += kRows * size) {
    rotate_tile<V, kRows, kVectors, kIsWhole>(x + i, matrix, size, columns, y + i);
  }
  for (; i < count; i += size) {
    rotate_tile<V, 1, kVectors, kIsWhole>(x + i, matrix, size, columns, y + i);
  }
}

template <typename V>
void rotate(const float* x, int64_t count, const float* matrix, int64_t size, float* y) {
  int64_t j = 0;
  for (; j + 2 * V::kLanes <= size; j += 2 * V::kLanes) {
    rotate_columns<V, 2, true>(x, count, matrix + j, size, 2 * V::kLanes, y + j);
  }
  if (j + V::kLanes <= size) {
    rotate_columns<V, 1, true>(x, count, matrix + j, size, V::kLanes, y + j);
    j += V::kLanes;
  }
  if (j < size) rotate_columns<V, 1, false>(x, count, matrix + j, size, size - j, y + j);
}

// Squares, added up over every kLanes elements as a binary tree of adjacent ones.
template <typename V>
void sum_squares(const float* x, int64_t count, float* sums) {
  const auto totals = [](const float* first, int64_t left) {
    typename V::Int elements[V::kLanes];
    for (int i = 0; i < V::kLanes; ++i, first += V::kLanes, left -= V::kLanes) {
      elements[i] = V::as_int(left >= V::kLanes ? V::load(first)
                              : left > 0        ? V::load_first(first, left)
                                                : V::zero());
    }
    V::transpose(elements);
    typename V::Float squares[V::kLanes];
    for (int i = 0; i < V::kLanes; ++i) {
      const typename V::Float value = V::as_float(elements[i]);
      squares[i] = V::multiply(value, value);
    }
    for (int step = 1; step < V::kLanes; step *= 2) {
      for (int i = 0; i < V::kLanes; i += 2 * step) {
        squares[i] = V::add(squares[i], squares[i + step]);
      }
    }
    return squares[0];
  };
  constexpr int64_t kAtOnce = int64_t{V::kLanes} * V::kLanes;
  for (int64_t i = 0; i < count; i += kAtOnce, sums += V::kLanes) {
    V::store(sums, totals(x + i, count - i));
  }
}

}  // namespace
}  // namespace qutlass::cpu
