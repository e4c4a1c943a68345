// What the quantizers of activations share: rows that are rotated first, and the limits of
// symmetric rows.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <new>

#include "cpu/parallel.h"
#include "cpu/rotation.h"

namespace qutlass::cpu {

// What the largest integer of a symmetric row stands for; `quest` is the multiple of its root mean
// square where that is the method.
float symmetric_limit(const Isa& isa, const float* x, int64_t k, ScaleMethod method, float quest);

// Calls body(row, values) for each row of x, with its k values as `rotation` has them. x is read
// once: a task rotates a row to a buffer, which its processor's caches then hold.
template <typename Body>
const char* for_each_rotated_row(const Isa& isa, const float* x, int64_t rows, int64_t k,
                                 const Rotation& rotation, const Body& body) {
  constexpr int64_t kValuesPerTask = 16 * 1024;
  constexpr int64_t kWorkPerValue = 4;  // of quantizing
  const int64_t rows_per_task = std::max(kValuesPerTask / std::max(k, int64_t{1}), int64_t{1});
  const int64_t work = rows * k * (kWorkPerValue + work_of_rotation(rotation));
  std::atomic<bool> has_memory{true};
  parallel_ranges(rows, rows_per_task, work, [&](int64_t begin, int64_t end) {
    std::unique_ptr<float[]> rotated;
    if (rotation.block_size > 0) {
      rotated.reset(new (std::nothrow) float[static_cast<size_t>(k)]);
      if (!rotated) has_memory = false;
      if (!rotated) return;
    }
    for (int64_t row = begin; row < end; ++row) {
      const float* values = x + row * k;
      if (rotated) rotate_blocks(isa, rotation, values, k, rotated.get());
      body(row, rotated ? rotated.get() : values);
    }
  });
  return has_memory ? nullptr : "there is no memory for a rotated row";
}

}  // namespace qutlass::cpu
