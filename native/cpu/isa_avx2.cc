// AVX2 with FMA.
#include "cpu/isa.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int4_byte_dot.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"

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
    return in_register(_mm256_add_epi32(sums, _mm256_madd_epi16(a, b)));
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

constexpr Int4Dots kInt4Dots[] = {int4_byte_dots<Int4Vector, 2>(), int4_byte_dots<Int4Vector, 1>(),
                                  int4_byte_dots_of_halves<Int4Vector>()};

}  // namespace

const Isa kAvx2Isa = {
    "avx2",
    Int8Vector::kWords* kInt8PerWord,
    sizeof(int16_t),
    prepare_int8,
    6,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {2, int8_tile<Int8Vector, 3, 2>},
     {2, int8_tile<Int8Vector, 4, 2>},
     {2, int8_tile<Int8Vector, 5, 2>},
     {2, int8_tile<Int8Vector, 6, 2>}},
    {6,
     32,
     2 * Vector::kLanes,
     pack_int8_panel<Vector, Int8Vector, 2>,
     {int8_panel_tile<Vector, Int8Vector, 2, 1>, int8_panel_tile<Vector, Int8Vector, 2, 2>,
      int8_panel_tile<Vector, Int8Vector, 2, 3>, int8_panel_tile<Vector, Int8Vector, 2, 4>,
      int8_panel_tile<Vector, Int8Vector, 2, 5>, int8_panel_tile<Vector, Int8Vector, 2, 6>}},
    Vector::kLanes,
    kInt4Dots,
    sizeof kInt4Dots / sizeof *kInt4Dots,
    {6,
     2 * Vector::kLanes,
     pack_int4_panel<Int4Vector, 2>,
     {int4_panel_tile<Int4Vector, 2, 1>, int4_panel_tile<Int4Vector, 2, 2>,
      int4_panel_tile<Int4Vector, 2, 3>, int4_panel_tile<Int4Vector, 2, 4>,
      int4_panel_tile<Int4Vector, 2, 5>, int4_panel_tile<Int4Vector, 2, 6>}},
    largest_magnitude<Int4Vector>,
    2 * Vector::kLanes,
    unpack_int4<Vector, 2>,
    6,
    {int4_tile<Vector, 2, 1>, int4_tile<Vector, 2, 2>, int4_tile<Vector, 2, 3>,
     int4_tile<Vector, 2, 4>, int4_tile<Vector, 2, 5>, int4_tile<Vector, 2, 6>},
    quantize_row<Vector>,
    quantize_columns<Vector>,
};

}  // namespace qutlass::cpu
