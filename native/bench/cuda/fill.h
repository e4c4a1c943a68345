// Filling device arrays with the values of random_value.h.
#pragma once

#include <cstdint>

namespace qutlass::bench {

// values[i] = random_normal(seed, i, deviation).
void fill_normal(float* values, int64_t size, uint64_t seed, float deviation);

// values[i] = random_integer(seed, i, low, count).
void fill_integers(int32_t* values, int64_t size, uint64_t seed, int32_t low, int32_t count);

// Words of any bits.
void fill_words(int32_t* words, int64_t size, uint64_t seed);

// bits[i] = bf16_bits(values[i]).
void convert_to_bf16(uint16_t* bits, const float* values, int64_t size);

}  // namespace qutlass::bench
