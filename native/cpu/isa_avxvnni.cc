// AVX-VNNI: VNNI's products of bytes in the 256-bit vectors of AVX2. int4 is as on AVX2: its 16-bit
// products, vpdpwssd, were measured to be slower.
#include "cpu/isa.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int4_byte_dot.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_panel.h"
#include "cpu/isa_int8_kernels.h"
#include "cpu/isa_int8_panel.h"
#include "cpu/isa_int8_vnni.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"

namespace qutlass::cpu {
namespace {

// Weights have 128 added (isa_int8_vnni.h).
struct Int8Vector {
  using Sums = __m256i;
  using Values = __m256i;
  static constexpr int kWords = 8;
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
  static Sums multiply_add(Sums sums, Values a, Values b) {
    return _mm256_dpbusd_avx_epi32(sums, b, a);
  }
  static int32_t total(Sums sums) { return Vector::total(sums); }
};

constexpr Int4Dots kInt4Dots[] = {int4_byte_dots<Int4Vector, 2>(), int4_byte_dots<Int4Vector, 1>(),
                                  int4_byte_dots_of_halves<Int4Vector>()};

}  // namespace

const Isa kAvxVnniIsa = {
    "avxvnni",
    Int8Vector::kWords* kInt8PerWord,
    sizeof(int8_t),
    prepare_int8_vnni<Vector, Int8Vector>,
    4,
    {{4, int8_tile<Int8Vector, 1, 4>},
     {4, int8_tile<Int8Vector, 2, 4>},
     {2, int8_tile<Int8Vector, 3, 2>},
     {2, int8_tile<Int8Vector, 4, 2>}},
    {6,
     8,
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
