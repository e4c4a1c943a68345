#include "peak.h"

#include <optional>
#include <string>

#include "cpu/kernels.h"
#include "cpu/parallel.h"
#include "test/inputs.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace qutlass::bench {
namespace {

struct Loop {
  void (*run)(const int32_t* operands);
  int64_t products;  // of bytes, of one run
};

// int32 of an operand, enough for any vector; a loop has two operands.
constexpr int64_t kOperandWords = 16;

#if defined(__x86_64__)

// Some 0.2 ms of two instructions a cycle: a thread is woken in much less.
constexpr int64_t kSteps = int64_t{1} << 17;
// Independent of each other, so that none waits for the one before: two a cycle, each of which
// takes up to 5. As many as 16 registers hold beside the operands.
constexpr int kSums = 12;

// The instructions are volatile: otherwise sums of the same terms would be one, and that one
// unused.

__attribute__((target("avx512f,avx512vnni"))) void multiply_in_512_bits(const int32_t* operands) {
  const __m512i a = _mm512_loadu_si512(operands);
  const __m512i b = _mm512_loadu_si512(operands + kOperandWords);
  __m512i sums[kSums] = {};
  for (int64_t step = 0; step < kSteps; ++step) {
#pragma GCC unroll 12
    for (__m512i& sum : sums) asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
  }
}

#ifdef QUTLASS_COMPILES_AVXVNNI
__attribute__((target("avx2,avxvnni"))) void multiply_in_256_bits(const int32_t* operands) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(operands));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(operands + kOperandWords));
  __m256i sums[kSums] = {};
  for (int64_t step = 0; step < kSteps; ++step) {
#pragma GCC unroll 12
    for (__m256i& sum : sums) {
      asm volatile("%{vex%} vpdpbusd %2, %1, %0" : "+x"(sum) : "x"(a), "x"(b));
    }
  }
}
#endif

__attribute__((target("avx2"))) void multiply_in_pairs(const int32_t* operands) {
  const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(operands));
  const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(operands + kOperandWords));
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sums[kSums] = {};
  for (int64_t step = 0; step < kSteps; ++step) {
#pragma GCC unroll 12
    for (__m256i& sum : sums) {
      __m256i products;
      asm volatile(
          "vpmaddubsw %3, %2, %1\n\t"
          "vpmaddwd %4, %1, %1\n\t"
          "vpaddd %1, %0, %0"
          : "+x"(sum), "=&x"(products)
          : "x"(a), "x"(b), "x"(ones));
    }
  }
}

#endif

// Of an instruction set, by its name.
std::optional<Loop> loop_of([[maybe_unused]] const std::string& isa) {
#if defined(__x86_64__)
  constexpr int64_t kVectors = kSteps * kSums;
  if (isa == "avx512vnni" || isa == "amx") return Loop{multiply_in_512_bits, 64 * kVectors};
#ifdef QUTLASS_COMPILES_AVXVNNI
  if (isa == "avxvnni") return Loop{multiply_in_256_bits, 32 * kVectors};
#endif
  if (isa == "avx2") return Loop{multiply_in_pairs, 32 * kVectors};
#endif
  return {};
}

Case peak_case(const Loop& loop) {
  const int64_t threads = cpu::thread_count();
  const int64_t products = threads * loop.products;
  // Random: processors may be faster where bits do not change.
  test::Random random(1);
  const std::vector<int32_t> operands = test::random_words(random, 2 * kOperandWords);
  const auto run = [=](int64_t) -> const char* {
    cpu::parallel_for(threads, products, [&](int64_t) { loop.run(operands.data()); });
    return nullptr;
  };
  return {"peak", 0, 0.0, 2.0 * static_cast<double>(products), run, [] { return 0.0; }};
}

}  // namespace

std::vector<Case> peak_cases() {
  const std::optional<Loop> loop = loop_of(cpu::isa_name());
  if (!loop) return {};
  return {peak_case(*loop)};
}

}  // namespace qutlass::bench
