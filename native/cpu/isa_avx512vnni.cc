// AVX-512 (F, BW, DQ, VL) with VNNI.
#include "cpu/isa.h"
#include "cpu/isa_avx512_vector.h"
#include "cpu/isa_block_integers.h"
#include "cpu/isa_epilogue.h"
#include "cpu/isa_int4_int4.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_word_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel_table.h"
#include "cpu/isa_int8_vnni.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_residuals.h"
#include "cpu/isa_rotation_kernels.h"

namespace qutlass::cpu {
namespace {

// Weights have 128 added (isa_int8_vnni.h).
struct Int8Vector {
  using Sums = __m512i;
  using Values = __m512i;
  using Row = __m512i;
  static constexpr int kWords = 16;
  static constexpr int kRowsToAskAhead = 1;
  static constexpr int64_t kMostWords = int64_t{1} << 30;
  static constexpr int kSumsWanted = 8;
  static constexpr bool kTakesAnyByte = true;
  static constexpr int kPreparedBytes = 64;

  static Values add_128(Values v) {
    return _mm512_xor_si512(v, _mm512_set1_epi8(static_cast<char>(0x80)));
  }
  static Sums zero() { return _mm512_setzero_si512(); }
  static Values load_prepared(const char* p) { return _mm512_loadu_si512(p); }
  static Values load(const int32_t* words) { return add_128(_mm512_loadu_si512(words)); }
  static Values load_first(const int32_t* words, int64_t count) {
    return add_128(Vector::load_first(words, count));
  }
  // In the place of the sums: for the compilers' own, gcc moves those of a loop to and fro.
  static Sums multiply_add(Sums sums, Values a, Values b) {
    asm("vpdpbusd %2, %1, %0" : "+v"(sums) : "v"(b), "v"(a));
    return sums;
  }
  static Sums begun(Sums total) { return total; }
  static Sums ended(Sums, Sums sums) { return sums; }
  static int32_t total(Sums sums) { return _mm512_reduce_add_epi32(sums); }
  static void store_four_totals(const Sums* sums, int32_t* out) {
    const auto halves = [](Sums v) __attribute__((always_inline)) {
      return _mm256_add_epi32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    };
    const __m256i quarters = _mm256_hadd_epi32(_mm256_hadd_epi32(halves(sums[0]), halves(sums[1])),
                                               _mm256_hadd_epi32(halves(sums[2]), halves(sums[3])));
    _mm_storeu_si128(
        reinterpret_cast<__m128i*>(out),
        _mm_add_epi32(_mm256_castsi256_si128(quarters), _mm256_extracti128_si256(quarters, 1)));
  }
};

struct Int4Vector : Vector {
  using Vector::multiply;
  static Int multiply(Int a, Int b) { return _mm512_mullo_epi32(a, b); }
  static Int zero_int() { return _mm512_setzero_si512(); }
  // Once: gcc would read them from memory for each use.
  static Int load_words(const int32_t* x) {
    Int words = load(x);
    asm("" : "+v"(words));
    return words;
  }
  static Int low_nibbles(Int words) { return _mm512_and_si512(words, _mm512_set1_epi8(0xf)); }
  static Int high_nibbles(Int words) { return low_nibbles(_mm512_srli_epi16(words, 4)); }
  static Int high_nibbles_in_place(Int words) {
    return _mm512_and_si512(words, _mm512_set1_epi8(static_cast<char>(0xf0)));
  }
};

struct Int4Int4Vector {
  using Sums = __m512i;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return _mm512_setzero_si512(); }
  static __m512i low_nibbles(__m512i v) { return _mm512_and_si512(v, _mm512_set1_epi8(0xf)); }
  static __m512i high_nibbles(__m512i v) { return low_nibbles(_mm512_srli_epi16(v, 4)); }
  static __m512i subtract_8(__m512i a, __m512i b) { return _mm512_sub_epi8(a, b); }
  static __m512i load_bytes(const int8_t* p) { return _mm512_loadu_si512(p); }
  static Sums multiply_add(Sums sums, __m512i a, __m512i b) {
    return _mm512_dpbusd_epi32(sums, b, a);
  }
  static __m512i widened(Sums sums) { return sums; }
  static int32_t total(__m512i v) { return _mm512_reduce_add_epi32(v); }
};

// Panels fit the first-level cache: larger ones were slower.
constexpr int64_t kPanelElements = 1024;

// For activations of so many parts.
template <int kParts>
constexpr Int4WordPanels kInt4WordPanels =
    int4_word_panels<Int4Vector, Int8Vector, 2 * Vector::kLanes, kParts, WordTile<1, 2, true>,
                     WordTile<2, 2, true>, WordTile<3, 2, true>, WordTile<4, 2, true>,
                     WordTile<5, 2, true>, WordTile<6, 2, true>>();

template <int kParts>
constexpr Int4Kernels kInt4Kernels = {nullptr, 0, {}, &kInt4WordPanels<kParts>};

constexpr PreparedForm kPreparedInt8 = {Int8Vector::kWords * kInt8PerWord,
                                        Int8Vector::kWords* kInt8PerWord, 0,
                                        prepare_int8_vnni<Vector, Int8Vector>};

constexpr Int8Panels kInt8PanelsToKeep =
    int8_panels_to_keep<Vector, Int8Vector, 2, 12>(kPanelElements, kPreparedInt8);
constexpr KeptInt8Panels kKeptInt8Panels = {&kInt8PanelsToKeep, 0, Int8Vector::kWords};

}  // namespace

constexpr Isa kAvx512VnniIsa = {
    "avx512vnni",
    {kPreparedInt8,
     4,
     {{4, int8_tile<Int8Vector, 1, 4>},
      {4, int8_tile<Int8Vector, 2, 4>},
      {4, int8_tile<Int8Vector, 3, 4>},
      {4, int8_tile<Int8Vector, 4, 4>}},
     int8_panels<Vector, Int8Vector, 2, 12>(8, kPanelElements, kPreparedInt8),
     &kKeptInt8Panels},
    Vector::kLanes,
    kInt4Kernels<BlockIntegers::kParts>,
    kInt4Kernels<BlockIntegers::kPartsOfBytes>,
    largest_magnitude<Int4Vector>,
    make_block_integers<Vector>,
    any_residual_counts<Vector>,
    2 * Vector::kLanes,
    unpack_int4<Vector, 2>,
    8,
    {int4_tile<Vector, 2, 1>, int4_tile<Vector, 2, 2>, int4_tile<Vector, 2, 3>,
     int4_tile<Vector, 2, 4>, int4_tile<Vector, 2, 5>, int4_tile<Vector, 2, 6>,
     int4_tile<Vector, 2, 7>, int4_tile<Vector, 2, 8>},
    finish_int8<Vector>,
    finish_int4<Vector>,
    quantize_row<Vector>,
    quantize_columns<Vector>,
    row_magnitude<Vector>,
    hadamard<Vector>,
    rotate<Vector>,
    Vector::kLanes,
    sum_squares<Vector>,
    {{Vector::kLanes * kInt4PerWord, Vector::kLanes* kInt4PerWord, 0,
      prepare_int4<Vector, Int4Int4Vector>},
     4,
     {{4, int4_int4_tile<Vector, Int4Int4Vector, 1, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 2, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 3, 4>},
      {4, int4_int4_tile<Vector, Int4Int4Vector, 4, 4>}},
     {}},  // panels were measured to be slower with 8 to 512 rows
};
static_assert(panels_fit(kAvx512VnniIsa));

}  // namespace qutlass::cpu
