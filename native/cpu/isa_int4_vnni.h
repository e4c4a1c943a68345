// Products of nibbles with the bytes of activations by vpdpbusd, over the vector types of an
// instruction set: for isa_*.cc alone (see isa.h). It adds up in 32 bits, so that the sum of the
// high bytes becomes 256 times itself and goes on with the low ones.
#pragma once

#include <cstdint>

namespace qutlass::cpu {
namespace {

// What isa_int4_byte_dot.h calls leaf_sum. V8, the type of isa_int8_kernels.h, multiplies, by a
// multiply_add that takes activations from where they lie.
template <typename V, typename V8, int kVectors, int kParts>
[[gnu::always_inline]] inline typename V::Int vnni_leaf_sum(const typename V::Int* even,
                                                            const typename V::Int* odd,
                                                            const int8_t* x) {
  constexpr int64_t kBytes = sizeof(typename V::Int);
  constexpr int kByteBits = 8;
  const auto add_products = [&](typename V::Int sum, const int8_t* bytes)
      __attribute__((always_inline)) {
    for (int v = 0; v < kVectors; ++v, bytes += kParts * kBytes) {
      sum = V8::multiply_add(sum, bytes, even[v]);
      sum = V8::multiply_add(sum, bytes + kBytes, odd[v]);
    }
    return sum;
  };
  if (kParts == BlockIntegers::kPartsOfBytes) return add_products(V::zero_int(), x);
  const typename V::Int high = add_products(V::zero_int(), x + 2 * kBytes);
  return add_products(V::shift_left(high, kByteBits), x);
}

}  // namespace
}  // namespace qutlass::cpu
