#include "cpu/matmul_int4_row.h"

#include "cpu/parallel.h"
#include "cpu/rounding.h"

namespace qutlass::cpu {
namespace {

// Columns of a task.
constexpr int64_t kTaskColumns = 32;

int64_t block_elements(const Int4Product& product) { return product.isa.int4_lanes * kInt4PerWord; }

// The row in the order that int4_dot wants (see isa.h), with zeros up to whole blocks.
void prepare_row(const Int4Product& product, float* prepared) {
  constexpr int64_t kPartLanes = 4;
  constexpr int64_t kPartElements = kInt4PartWords * kInt4PerWord;
  const int64_t block = block_elements(product), size = int4_row_floats(product);
  for (int64_t begin = 0; begin < size; begin += block) {
    for (int64_t i = 0; i < kInt4PerWord; ++i) {
      const int64_t first = begin + 16 * (i / 2 % 2) + 2 * (i % 2) + i / 4;
      for (int64_t part = first; part < begin + block; part += kPartElements) {
        for (int64_t lane = 0; lane < kPartLanes; ++lane) {
          const int64_t k = part + kPartLanes * lane;
          *prepared++ = k < product.args.k ? round_to_bf16(product.args.x[k]) : 0.0f;
        }
      }
    }
  }
}

}  // namespace

bool is_int4_row(const Int4Product& product) {
  return product.args.m == 1 && product.isa.int4_dot &&
         (product.group_words % kInt4PartWords == 0 || product.group_words >= product.words);
}

int64_t int4_row_floats(const Int4Product& product) {
  return round_up(product.args.k, block_elements(product));
}

void multiply_int4_row(const Int4Product& product, float* x) {
  prepare_row(product, x);
  parallel_ranges(product.args.n, kTaskColumns, product.work(), [&](int64_t begin, int64_t end) {
    float sums[kTaskColumns];
    for (int64_t n = begin; n < end; ++n) {
      sums[n - begin] = product.isa.int4_dot(x, product.row(n), product.words, product.group_words);
    }
    product.finish_row(0, begin, end - begin, sums);
  });
}

}  // namespace qutlass::cpu
