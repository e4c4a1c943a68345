// An int4 product, in the terms of the kernels.
#pragma once

#include <algorithm>
#include <optional>

#include "cpu/isa.h"
#include "cpu/matrix_unit.h"
#include "cpu/prepacked_int4.h"
#include "qutlass/ops.h"

namespace qutlass::cpu {

struct Int4Product {
  const Isa& isa;
  const MatrixUnit* matrices;  // or null
  const MatmulInt4Args& args;
  // Packed int8 rows [m, int8_words(k)] in the place of args.x, or null.
  const int32_t* int8_rows;
  int64_t words;   // of a weight row
  int64_t groups;  // of a weight row
  // Of a group. One that is all of K may end within a word, which it then has for itself.
  int64_t group_words;
  std::optional<KeptInt4> kept;  // where weights are prepacked

  Int4Product(const Isa& isa, const MatrixUnit* matrices, const MatmulInt4Args& args,
              const int32_t* int8_rows = nullptr)
      : isa(isa),
        matrices(matrices),
        args(args),
        int8_rows(int8_rows),
        words(int4_words(args.k)),
        groups(group_count(args.k, args.group_size)),
        group_words(std::max<int64_t>(int4_words(args.group_size), 1)) {
    if (args.is_prepacked) kept.emplace(isa, args);
  }

  const Int4Kernels& kernels() const { return int8_rows ? isa.int8_int4 : isa.int4; }

  // Where they are not prepacked.
  Int4Row row(int64_t n) const {
    return {args.w + n * words, args.scales + n * groups,
            args.zeros ? args.zeros + n * groups : nullptr};
  }

  // Those of a weight row, wherever they are.
  uint32_t word(int64_t n, int64_t index) const {
    return static_cast<uint32_t>(args.w[kept ? kept->words.place(n, index) : n * words + index]);
  }
  float scale(int64_t n, int64_t group) const {
    return args.scales[kept ? kept->scales.place(n, group) : n * groups + group];
  }
  int32_t zero(int64_t n, int64_t group) const {
    return args.zeros ? args.zeros[kept ? kept->zeros.place(n, group) : n * groups + group] : 8;
  }

  Int4Rows rows(int64_t first, int64_t count) const { return {row(first), words, groups, count}; }

  // The words of a chunk of at most `most` that begins with `word`: whole groups, or a part of one.
  int64_t chunk_words(int64_t word, int64_t most) const {
    const int64_t left = words - word;
    if (group_words <= most) return std::min(most / group_words * group_words, left);
    return std::min({most, group_words - word % group_words, left});
  }

  // Writes y[row, first_column ...] from its sums.
  void finish_row(int64_t row, int64_t first_column, int64_t columns, const float* sums) const {
    isa.finish_int4(sums, columns, args.row_scale ? args.row_scale[row] : 1.0f,
                    args.bias ? args.bias + first_column : nullptr, args.activation,
                    args.y + row * args.n + first_column);
  }

  // For parallel_for: of each vector of weights, one or two products and what it takes to unpack
  // it.
  int64_t work() const {
    const int64_t operations = int8_rows ? 2 : 3;
    return args.m * args.n * args.k * operations / isa.int4_lanes;
  }
};

}  // namespace qutlass::cpu
