// AVX-VNNI: VNNI's products of bytes in the 256-bit vectors of AVX2. int4 is as on AVX2: its 16-bit
// products, vpdpwssd, were measured to be slower.
#include "cpu/isa.h"
#include "cpu/isa_avx2_table.h"
#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_int8_vnni.h"

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

struct Int4Int4Vector : Int4Vector {
  using Sums = __m256i;
  static constexpr int64_t kMostSums = int64_t{1} << 30;

  static Sums zero() { return _mm256_setzero_si256(); }
  static Int subtract_bytes(Int a, Int b) { return _mm256_sub_epi8(a, b); }
  static Sums multiply_add(Sums sums, Int a, Int b) { return _mm256_dpbusd_avx_epi32(sums, b, a); }
  static Int widened(Sums sums) { return sums; }
  static int32_t total(Int v) { return Vector::total(v); }
};

}  // namespace

const Isa kAvxVnniIsa =
    avx2_table<Int8Vector, Int4Int4Vector>("avxvnni", prepare_int8_vnni<Vector, Int8Vector>, 8);

}  // namespace qutlass::cpu
