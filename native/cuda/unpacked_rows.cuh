// The ops that turn packed words into rows of values of four bytes: an op on pieces of the result,
// all of whose values lie one after the other, whatever the length of the rows.
#pragma once

#include "cuda/divisor.cuh"
#include "cuda/each_piece.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

// `value_of(code, row, column)` is the value that an element's `kBits` bits stand for.
template <int kBits, class ValueOf>
class UnpackRows {
  using Value = typename ValueOf::Value;
  static constexpr uint32_t kPerWord = 32 / kBits;
  static constexpr uint32_t kMask = (1u << kBits) - 1;

  struct Position {
    uint32_t row;
    uint32_t column;
  };

 public:
  static constexpr int kPiecesPerThread = 2;

  // The codes of a piece: the low bits of two words, shifted.
  struct Loaded {
    uint32_t low;
    uint32_t high;
    uint32_t shift;
  };

  // packed [rows, words], target [rows, k]; int32 holds rows * k, and k is not 0.
  UnpackRows(const int32_t* packed, Value* target, int64_t rows, int64_t k, const ValueOf& value_of)
      : packed_(packed),
        target_(target),
        lead_(values_past_16_bytes(target)),
        size_(static_cast<uint32_t>(rows * k)),
        k_(static_cast<uint32_t>(k)),
        row_words_(static_cast<uint32_t>(ceil_div(k, kPerWord))),
        value_of_(value_of) {}

  int64_t pieces() const { return ceil_div(int64_t{size_} + lead_, 4); }

  __device__ __forceinline__ Loaded load(uint32_t piece) const {
    const uint32_t first = first_of(piece);
    const Position position = position_of(first);
    if (!is_in_one_row(first, position)) return {codes_one_by_one(first), 0, 0};
    const int32_t* word = word_of(position);
    const uint32_t shift = position.column % kPerWord * kBits;
    const bool spans_two = shift + 4 * kBits > 32;
    return {word_at(word), spans_two ? word_at(word + 1) : 0, shift};
  }

  __device__ __forceinline__ void store(uint32_t piece, const Loaded& loaded) const {
    const uint32_t codes = __funnelshift_r(loaded.low, loaded.high, loaded.shift);
    const uint32_t first = first_of(piece);
    const Position position = position_of(first);
    if (is_in_one_row(first, position)) {
      Value values[4];
#pragma unroll
      for (int i = 0; i < 4; ++i) {
        values[i] = value_of_(code_of(codes, i), position.row, position.column + i);
      }
      *reinterpret_cast<uint4*>(target_ + first) = as_vector(values);
      return;
    }
    for (int i = 0; i < 4; ++i) {
      if (first + i >= size_) continue;
      const Position of_value = position_of(first + i);
      target_[first + i] = value_of_(code_of(codes, i), of_value.row, of_value.column);
    }
  }

 private:
  // Pieces lie at multiples of 16 bytes. The first may begin before the target, at what is as
  // unsigned number far beyond its end.
  __device__ __forceinline__ uint32_t first_of(uint32_t piece) const { return 4 * piece - lead_; }

  __device__ __forceinline__ Position position_of(uint32_t value) const {
    const uint32_t row = k_.quotient(value);
    return {row, value - row * k_.value()};
  }

  __device__ __forceinline__ bool is_in_one_row(uint32_t first, const Position& position) const {
    return first < size_ && position.column + 4 <= k_.value();
  }

  __device__ __forceinline__ const int32_t* word_of(const Position& position) const {
    return packed_ + (position.row * row_words_ + position.column / kPerWord);
  }

  static __device__ __forceinline__ uint32_t word_at(const int32_t* word) {
    return static_cast<uint32_t>(__ldg(word));
  }

  static __device__ __forceinline__ uint32_t code_of(uint32_t codes, int index) {
    return codes >> (kBits * index) & kMask;
  }

  // The codes of a piece that rows share or that is not all in the target.
  __device__ __forceinline__ uint32_t codes_one_by_one(uint32_t first) const {
    uint32_t codes = 0;
    for (int i = 0; i < 4; ++i) {
      if (first + i >= size_) continue;
      const Position position = position_of(first + i);
      const uint32_t word = word_at(word_of(position));
      codes |= code_of(word, static_cast<int>(position.column % kPerWord)) << (kBits * i);
    }
    return codes;
  }

  const int32_t* packed_;
  Value* target_;
  uint32_t lead_;
  uint32_t size_;
  Divisor k_;
  uint32_t row_words_;
  ValueOf value_of_;
};

}  // namespace qutlass::cuda
