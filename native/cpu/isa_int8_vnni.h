// Rows of activations for vpdpbusd, which multiplies unsigned by signed bytes, over the vector
// types of an instruction set: for isa_*.cc alone (see isa.h).
//
// Weights get 128 added (their top bit flipped), and every sum thus 128 times the sum of its
// activations, which is the row's excess.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

// V is the type of isa_int4_kernels.h; V8, that of isa_int8_kernels.h, has load_first and
// add_128(v) too.
template <typename V, typename V8>
int32_t prepare_int8_vnni(const int32_t* row, int64_t words, void* prepared) {
  const typename V8::Values factor = V8::add_128(V8::zero());
  int32_t* out = static_cast<int32_t*>(prepared);
  typename V8::Sums excess = V8::zero();
  for (int64_t word = 0; word < words; word += V8::kWords, out += V8::kWords) {
    const int64_t left = words - word;
    const typename V8::Values values =
        left >= V8::kWords ? V::load(row + word) : V::load_first(row + word, left);
    excess = V8::multiply_add(excess, values, factor);
    V::store(out, values);
  }
  return V8::total(excess);
}

}  // namespace
}  // namespace qutlass::cpu
