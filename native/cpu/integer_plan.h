// How a product of integers is computed (matmul_int8.cc): by tiles of the weights as they are
// stored, or by panels; and the rows of activations, prepared for that.
#pragma once

#include <algorithm>
#include <optional>

#include "cpu/integer_product.h"
#include "cpu/prepacked_int8.h"
#include "cpu/rounding.h"
#include "cpu/workspace.h"
#include "cpu/wrapping.h"

namespace qutlass::cpu {

// Rows that are prepared for tiles as a whole, or for panels one stretch of K after the other.
struct PreparedRows {
  const PreparedForm& form;
  int64_t step_words;
  int64_t word_bytes;  // of a row for tiles
  int64_t words;
  int64_t stretch_words;
  int64_t stretch_bytes;
  int64_t row_bytes;
  char* rows;
  int32_t* excess;

  // `panels` is null for tiles.
  PreparedRows(const IntegerProduct& product, const Int8Panels* panels, int64_t count,
               int64_t words, Workspace& workspace)
      : form(panels ? panels->prepared : product.kernels.prepared),
        step_words(form.step / product.per_word),
        word_bytes(form.step_bytes / step_words),
        words(words),
        stretch_words(panels ? std::min(words, panels->elements / product.per_word) : words),
        stretch_bytes(bytes_of(stretch_words)),
        row_bytes(stretches() * stretch_bytes),
        rows(workspace.take<char>(count * row_bytes)),
        excess(workspace.take<int32_t>(count)) {}

  void prepare(int64_t row, const int32_t* values) const {
    excess[row] = 0;
    char* stretch = rows + row * row_bytes;
    for (int64_t word = 0; word < words; word += stretch_words, stretch += stretch_bytes) {
      const int64_t count = std::min(words - word, stretch_words);
      excess[row] = wrapping_add(excess[row], form.prepare(values + word, count, stretch));
    }
  }

  int64_t stretches() const { return words == 0 ? 0 : divide_up(words, stretch_words); }
  const void* stretch(int64_t row, int64_t index) const {
    return rows + row * row_bytes + index * stretch_bytes;
  }
  // The word, a multiple of step_words, of a row that is one stretch without a head.
  const void* at(int64_t row, int64_t word) const {
    return rows + row * row_bytes + word * word_bytes;
  }

 private:
  int64_t bytes_of(int64_t stretch) const {
    return form.head_bytes + divide_up(stretch, step_words) * form.step_bytes;
  }
};

struct IntegerPlan {
  const Int8Panels* panels;  // or null for tiles
  PreparedRows a;
  PreparedRows ones;     // one row of ones, for tiles, where its products are needed: they are the
  int32_t* ones_values;  // sums of the weights' rows
  std::optional<PrepackedInt8> kept;  // how prepacked weights lie

  IntegerPlan(const IntegerProduct& product, const Int8Panels* panels, const MatmulInt8Args& args,
              Workspace& workspace);
};

// Those sums are needed with zero points, unless the weights come with them.
inline bool sums_weights(const MatmulInt8Args& args) { return args.a_zero && !args.b_is_prepacked; }

// The best plan that suits the rows, which are prepared.
IntegerPlan prepared_plan(const IntegerProduct& product, const MatmulInt8Args& args, void* memory);

}  // namespace qutlass::cpu
