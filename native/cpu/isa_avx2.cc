// AVX2 with FMA.
#include "cpu/isa.h"
#include "cpu/isa_avx2_int8_kept_panel.h"
#include "cpu/isa_avx2_int8_panel.h"
#include "cpu/isa_avx2_table.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int4_byte_panel.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"

namespace qutlass::cpu {
namespace {

// vpmaddubsw multiplies unsigned by signed bytes and adds up two products in 16 bits; where the
// unsigned ones are at most 128, the sum is -32768 ... 32512, so that nothing saturates. So a row
// of activations is prepared as its magnitudes and its signs, 0 or -1: for a negative activation,
// -|a| * b = |a| * ~b + |a|, and exclusive or makes ~b of a weight b. The row's excess is then the
// sum of its negative activations.
struct Int8Vector {
  using Sums = __m256i;
  using Values = __m256i;
  struct Row {
    __m256i magnitudes, signs;
  };
  static constexpr int kWords = 8;
  static constexpr int kRowsToAskAhead = 2;
  static constexpr int kPreparedBytes = 64;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Row load_prepared(const char* p) {
    const __m256i* vectors = reinterpret_cast<const __m256i*>(p);
    return {in_register(_mm256_loadu_si256(vectors)), in_register(_mm256_loadu_si256(vectors + 1))};
  }
  static Values load(const int32_t* words) { return in_register(Vector::load(words)); }
  static Values load_first(const int32_t* words, int64_t count) {
    return Vector::load_first(words, count);
  }
  static Sums multiply_add(Sums sums, const Row& a, Values b) {
    const __m256i products = _mm256_maddubs_epi16(a.magnitudes, _mm256_xor_si256(b, a.signs));
    return add_in_place(sums, _mm256_madd_epi16(products, _mm256_set1_epi16(1)));
  }
  static int32_t total(Sums sums) { return Vector::total(sums); }
  static void store_four_totals(const Sums* sums, int32_t* out) {
    Vector::store_four_totals(sums, out);
  }
};

int32_t prepare_int8(const int32_t* row, int64_t words, void* prepared) {
  __m256i* out = static_cast<__m256i*>(prepared);
  __m256i excess = _mm256_setzero_si256();
  for (int64_t word = 0; word < words; word += Int8Vector::kWords, out += 2) {
    const int64_t left = words - word;
    const __m256i values = left >= Int8Vector::kWords ? Vector::load(row + word)
                                                      : Vector::load_first(row + word, left);
    const __m256i signs = _mm256_cmpgt_epi8(_mm256_setzero_si256(), values);
    const __m256i negative =
        _mm256_maddubs_epi16(_mm256_set1_epi8(1), _mm256_and_si256(values, signs));
    excess = _mm256_add_epi32(excess, _mm256_madd_epi16(negative, _mm256_set1_epi16(1)));
    _mm256_storeu_si256(out, _mm256_abs_epi8(values));
    _mm256_storeu_si256(out + 1, signs);
  }
  return Vector::total(excess);
}

constexpr IntegerKernels kInt8 = {
    {Int8Vector::kWords * kInt8PerWord, Int8Vector::kPreparedBytes, 0, prepare_int8},
    3,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {3, int8_tile<Int8Vector, 3, 3>}},
    kInt8GroupPanels,
    &kKeptInt8Panels};

// vpmaddubsw's sums of two products of a nibble and a signed one are -240 ... 210: 16 bits hold
// 136.
struct Int4Int4Vector : Int4Vector {
  using Sums = __m256i;
  static constexpr int64_t kMostSums = 136;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Sums multiply_add(Sums sums, Int a, Int b) {
    return in_register(_mm256_add_epi16(sums, _mm256_maddubs_epi16(b, a)));
  }
  static Int widened(Sums sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }
  static int32_t total(Int v) { return Vector::total(v); }
};

constexpr Int4Panels kInt4Panels = {
    Int4Order::kHalves,
    6,
    12,
    2 * Vector::kLanes,
    kPanelElements,
    pack_int4_panel<Int4Vector, 2>,
    {int4_panel_tile<Int4Vector, 2, 1>, int4_panel_tile<Int4Vector, 2, 2>,
     int4_panel_tile<Int4Vector, 2, 3>, int4_panel_tile<Int4Vector, 2, 4>,
     int4_panel_tile<Int4Vector, 2, 5>, int4_panel_tile<Int4Vector, 2, 6>},
    pack_int4_panel_of_words<Int4Vector, 2>};

// Of an activation with 128 added and a weight, vpmaddubsw's sums of two products are at most 255 *
// 15 * 2 each way: 16 bits hold four.
struct Int8Int4Vector : Int4Vector {
  using Sums = __m256i;
  static constexpr int64_t kMostSums = 4;

  static Sums begun(Int) { return zero_int(); }
  static Sums multiply_add(Sums sums, Int weights, Int activations) {
    return in_register(_mm256_add_epi16(sums, _mm256_maddubs_epi16(activations, weights)));
  }
  static Int ended(Int total, Sums sums) {
    return add(total, _mm256_madd_epi16(sums, _mm256_set1_epi16(1)));
  }
  using Vector::multiply_add;
};

// Of signed bytes and nibbles, they are at most 128 * 15 * 2 each way: 16 bits hold eight.
struct NibbleVector {
  using Sums = __m256i;
  static constexpr int64_t kMostWords = 4;
  static constexpr int kSumsWanted = 1;
  static constexpr bool kTakesAnyByte = false;

  static Sums begun(Sums) { return Int4Vector::zero_int(); }
  static Sums multiply_add(Sums sums, __m256i activations, __m256i nibbles) {
    return in_register(_mm256_add_epi16(sums, _mm256_maddubs_epi16(nibbles, activations)));
  }
  static __m256i ended(__m256i total, Sums sums) { return Int8Int4Vector::ended(total, sums); }
};

constexpr Int4Panels kInt8Int4Panels = {
    Int4Order::kUnsignedBytes,
    4,
    48,
    2 * Vector::kLanes,
    kPanelElements,
    pack_int4_byte_panel<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes>,
    {int4_byte_panel_tile<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes, 1>,
     int4_byte_panel_tile<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes, 2>,
     int4_byte_panel_tile<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes, 3>,
     int4_byte_panel_tile<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes, 4>},
    pack_int4_byte_panel_of_words<Int8Int4Vector, Int8Int4Vector, 2, BlockIntegers::kPartsOfBytes>};

}  // namespace

constexpr Isa kAvx2Isa =
    avx2_table<NibbleVector, Int4Int4Vector>("avx2", kInt8, kInt4Panels, kInt8Int4Panels);
static_assert(panels_fit(kAvx2Isa));

}  // namespace qutlass::cpu
