// What packing and unpacking have in common; the formats differ in words a row and in kernels.
#pragma once

#include "qutlass/ops.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

using WordsOf = int64_t (*)(int64_t k);

// x [..., k] of integers or floats -> packed [..., words(k)].
inline void compute_pack(const OpContext& context, WordsOf words, bool is_signed,
                         const Kernels<PackArgs>& kernels) {
  const Tensor x = context.input(0, "x");
  x.expect_rank_at_least(1);
  const Tensor packed =
      context.output(0, "packed", kInt32, with_last(x.shape(), words(x.columns())));
  const bool is_float = x.type() == kFloat;
  PackArgs args = {};
  args.integers = is_float ? nullptr : x.data<int32_t>();
  args.floats = is_float ? x.data<float>() : nullptr;
  args.packed = packed.data<int32_t>();
  args.rows = x.rows();
  args.k = x.columns();
  args.is_signed = is_signed;
  context.run(kernels, args);
}

// packed [..., words(k)] -> integers [..., k].
inline void compute_unpack(const OpContext& context, WordsOf words, int64_t k, bool is_signed,
                           const Kernels<UnpackArgs>& kernels) {
  const Tensor packed = context.input(0, "packed");
  expect_non_negative("k", k);
  expect_packed(packed, words(k), k);
  const Tensor integers = context.output(0, "integers", kInt32, with_last(packed.shape(), k));
  UnpackArgs args = {};
  args.packed = packed.data<int32_t>();
  args.integers = integers.data<int32_t>();
  args.rows = packed.rows();
  args.k = k;
  args.is_signed = is_signed;
  context.run(kernels, args);
}

}  // namespace qutlass::tensorflow
