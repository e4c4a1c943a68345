// AVX-VNNI: VNNI's products of bytes in the 256-bit vectors of AVX2.
#include "cpu/isa.h"
#include "cpu/isa_avx2_table.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int4_byte_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel_table.h"
#include "cpu/isa_int8_vnni.h"

namespace qutlass::cpu {
namespace {

// Weights have 128 added (isa_int8_vnni.h).
struct Int8Vector {
  using Sums = __m256i;
  using Values = __m256i;
  using Row = __m256i;
  static constexpr int kWords = 8;
  static constexpr int kRowsToAskAhead = 0;
  static constexpr int64_t kMostSums = int64_t{1} << 30;
  static constexpr int64_t kMostWords = kMostSums;
  static constexpr int kSumsWanted = 8;
  static constexpr bool kTakesAnyByte = true;
  static constexpr int kPreparedBytes = 32;

  static Values add_128(Values v) {
    return _mm256_xor_si256(v, _mm256_set1_epi8(static_cast<char>(0x80)));
  }
  static Sums zero() { return _mm256_setzero_si256(); }
  static Values load_prepared(const char* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static Values load(const int32_t* words) { return add_128(Vector::load(words)); }
  static Values load_first(const int32_t* words, int64_t count) {
    return add_128(Vector::load_first(words, count));
  }
  // In the place of the sums: for the compilers' own, gcc moves those of a loop to and fro.
  static Sums multiply_add(Sums sums, Values a, Values b) {
    asm("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sums) : "x"(b), "x"(a));
    return sums;
  }
  static Sums begun(Sums total) { return total; }
  static Sums ended(Sums, Sums sums) { return sums; }
  static int32_t total(Sums sums) { return Vector::total(sums); }
  static void store_four_totals(const Sums* sums, int32_t* out) {
    Vector::store_four_totals(sums, out);
  }
};

constexpr PreparedForm kPreparedInt8 = {Int8Vector::kWords * kInt8PerWord,
                                        Int8Vector::kWords* kInt8PerWord, 0,
                                        prepare_int8_vnni<Vector, Int8Vector>};

constexpr Int8Panels kInt8PanelsToKeep =
    int8_panels_to_keep<Vector, Int8Vector, 2, 6>(kPanelElements, kPreparedInt8);
constexpr KeptInt8Panels kKeptInt8Panels = {&kInt8PanelsToKeep, 0, Int8Vector::kWords};

constexpr IntegerKernels kInt8 = {
    kPreparedInt8,
    6,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {2, int8_tile<Int8Vector, 3, 2>},
     {2, int8_tile<Int8Vector, 4, 2>},
     {2, int8_tile<Int8Vector, 5, 2>},
     {2, int8_tile<Int8Vector, 6, 2>}},
    int8_panels<Vector, Int8Vector, 2, 6>(8, kPanelElements, kPreparedInt8),
    &kKeptInt8Panels};

struct Int4Int4Vector : Int4Vector {
  using Sums = __m256i;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Sums multiply_add(Sums sums, Int a, Int b) { return _mm256_dpbusd_avx_epi32(sums, b, a); }
  static Int widened(Sums sums) { return sums; }
  static int32_t total(Int v) { return Vector::total(v); }
};

// For activations of so many parts.
template <int kParts>
constexpr Int4Panels kInt4Panels = {
    Int4Order::kUnsignedBytes,
    6,
    kParts == BlockIntegers::kParts ? 24 : 48,
    2 * Vector::kLanes,
    kPanelElements,
    pack_int4_byte_panel<Int4Vector, Int8Vector, 2, kParts>,
    {int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 1>,
     int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 2>,
     int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 3>,
     int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 4>,
     int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 5>,
     int4_byte_panel_tile<Int4Vector, Int8Vector, 2, kParts, 6>},
    pack_int4_byte_panel_of_words<Int4Vector, Int8Vector, 2, kParts>};

}  // namespace

constexpr Isa kAvxVnniIsa =
    avx2_table<Int8Vector, Int4Int4Vector>("avxvnni", kInt8, kInt4Panels<BlockIntegers::kParts>,
                                           kInt4Panels<BlockIntegers::kPartsOfBytes>);
static_assert(panels_fit(kAvxVnniIsa));

}  // namespace qutlass::cpu
