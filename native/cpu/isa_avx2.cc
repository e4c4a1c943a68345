// AVX2 with FMA.
#include "cpu/isa.h"
#include "cpu/isa_avx2_table.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int4_panel.h"

namespace qutlass::cpu {
namespace {

// vpmaddubsw, the byte product, saturates; so bytes are widened to 16 bits, and vpmaddwd's sums of
// two products are exact.
struct Int8Vector {
  using Sums = __m256i;
  using Values = __m256i;
  static constexpr int kWords = 4;
  static constexpr int kPreparedBytes = 32;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Values load_prepared(const char* p) {
    return in_register(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  }
  static Values load(const int32_t* words) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(words)));
  }
  static Values load_first(const int32_t* words, int64_t count) {
    const __m128i mask =
        _mm_cmpgt_epi32(_mm_set1_epi32(static_cast<int>(count)), _mm_setr_epi32(0, 1, 2, 3));
    return _mm256_cvtepi8_epi16(_mm_maskload_epi32(words, mask));
  }
  static Sums multiply_add(Sums sums, Values a, Values b) {
    return add_in_place(sums, _mm256_madd_epi16(a, b));
  }
  static int32_t total(Sums sums) { return Vector::total(sums); }
};

int32_t prepare_int8(const int32_t* row, int64_t words, void* prepared) {
  __m256i* out = static_cast<__m256i*>(prepared);
  int64_t word = 0;
  for (; word + Int8Vector::kWords <= words; word += Int8Vector::kWords) {
    _mm256_storeu_si256(out++, Int8Vector::load(row + word));
  }
  if (word < words) _mm256_storeu_si256(out, Int8Vector::load_first(row + word, words - word));
  return 0;
}

// vpmaddubsw's sums of two products of a nibble and a signed one are -240 ... 210: 16 bits hold
// 136.
struct Int4Int4Vector : Int4Vector {
  using Sums = __m256i;
  static constexpr int64_t kMostSums = 136;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Int subtract_bytes(Int a, Int b) { return _mm256_sub_epi8(a, b); }
  static Sums multiply_add(Sums sums, Int a, Int b) {
    return in_register(_mm256_add_epi16(sums, _mm256_maddubs_epi16(b, a)));
  }
  static Int widened(Sums sums) { return _mm256_madd_epi16(sums, _mm256_set1_epi16(1)); }
  static int32_t total(Int v) { return Vector::total(v); }
};

constexpr Int4Panels kInt4Panels = {
    Int4Order::kHalves,
    6,
    8,
    2 * Vector::kLanes,
    pack_int4_panel<Int4Vector, 2>,
    {int4_panel_tile<Int4Vector, 2, 1>, int4_panel_tile<Int4Vector, 2, 2>,
     int4_panel_tile<Int4Vector, 2, 3>, int4_panel_tile<Int4Vector, 2, 4>,
     int4_panel_tile<Int4Vector, 2, 5>, int4_panel_tile<Int4Vector, 2, 6>}};

}  // namespace

constexpr Isa kAvx2Isa =
    avx2_table<Int8Vector, Int4Vector, Int4Int4Vector>("avx2", prepare_int8, 32, kInt4Panels);

}  // namespace qutlass::cpu
