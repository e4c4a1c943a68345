// All inline assembly of the CUDA kernels, one function an instruction. PTX ISA 7.0, sm_80.
//
// In the comments on fragments, `g` is lane / 4 and `t` is lane % 4.
#pragma once

#include <cstdint>

namespace qutlass::cuda::ptx {

// The address of a pointer into shared memory, as the instructions below want it.
__device__ __forceinline__ uint32_t shared_address(const void* pointer) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(pointer));
}

// Starts copying 16 bytes from global to shared memory, past the L1 cache; writes zeros, and reads
// nothing, where not `valid`. Both addresses are multiples of 16.
__device__ __forceinline__ void copy_async_16(uint32_t shared, const void* global, bool valid) {
  asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;\n" ::"r"(shared),
               "l"(global), "r"(valid ? 16 : 0)
               : "memory");
}

// The same for 4 bytes, through the L1 cache.
__device__ __forceinline__ void copy_async_4(uint32_t shared, const void* global, bool valid) {
  asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;\n" ::"r"(shared), "l"(global),
               "r"(valid ? 4 : 0)
               : "memory");
}

// Closes a group of the copies that this thread has started.
__device__ __forceinline__ void commit_copies() {
  asm volatile("cp.async.commit_group;\n" ::: "memory");
}

// Waits until at most `kPending` of this thread's newest groups are still under way.
template <int kPending>
__device__ __forceinline__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;\n" ::"n"(kPending) : "memory");
}

__device__ __forceinline__ uint32_t load_shared(uint32_t shared) {
  uint32_t value;
  asm volatile("ld.shared.u32 %0, [%1];\n" : "=r"(value) : "r"(shared) : "memory");
  return value;
}

__device__ __forceinline__ uint4 load_shared_16(uint32_t shared) {
  uint4 value;
  asm volatile("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];\n"
               : "=r"(value.x), "=r"(value.y), "=r"(value.z), "=r"(value.w)
               : "r"(shared)
               : "memory");
  return value;
}

__device__ __forceinline__ float2 load_shared_pair(uint32_t shared) {
  float2 value;
  asm volatile("ld.shared.v2.f32 {%0, %1}, [%2];\n"
               : "=f"(value.x), "=f"(value.y)
               : "r"(shared)
               : "memory");
  return value;
}

// Loads four 8 x 8 matrices of 16-bit elements (8 rows of 16 bytes); lane 8i + r gives the address
// of row r of matrix i. fragment[i] is row g, bytes 4t ... 4t+3 of matrix i.
__device__ __forceinline__ void load_matrices(uint32_t (&fragment)[4], uint32_t shared) {
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];\n"
               : "=r"(fragment[0]), "=r"(fragment[1]), "=r"(fragment[2]), "=r"(fragment[3])
               : "r"(shared)
               : "memory");
}

// c[16, 8] += a[16, 32] * b[32, 8] in int8, sums in int32 (they wrap).
// a: rows g and g+8 of bytes 4t.., then both of bytes 16+4t..; b: column g, bytes 4t.. and 16+4t..;
// c: row g, columns 2t and 2t+1, then row g+8.
__device__ __forceinline__ void mma_int8(int32_t (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                                         uint32_t b1) {
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};\n"
      : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// The same with b in unsigned int8.
__device__ __forceinline__ void mma_int8_unsigned(int32_t (&c)[4], const uint32_t (&a)[4],
                                                  uint32_t b0, uint32_t b1) {
  asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.u8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};\n"
      : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// c[16, 8] += a[16, 64] * b[64, 8] in int4, sums in int32. The fragments are those of mma_int8 with
// two int4 in place of one int8. Emulated from sm_90 on.
__device__ __forceinline__ void mma_int4(int32_t (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                                         uint32_t b1) {
  asm("mma.sync.aligned.m16n8k64.row.col.s32.s4.s4.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};\n"
      : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// c[16, 8] += a[16, 16] * b[16, 8] in bf16, sums in float32. The fragments are those of mma_int8
// with one bf16 in place of two int8.
__device__ __forceinline__ void mma_bf16(float (&c)[4], const uint32_t (&a)[4], uint32_t b0,
                                         uint32_t b1) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
      "{%8, %9}, {%0, %1, %2, %3};\n"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Two float32 as bf16, rounded half to even; `low` in the lower half.
__device__ __forceinline__ uint32_t bf16_pair(float low, float high) {
  uint32_t pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;\n" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
}

// a + b on two bf16 at once, each rounded once. (sm_80 has no addition of bf16: a * 1 + b.)
__device__ __forceinline__ uint32_t add_bf16_pairs(uint32_t a, uint32_t b) {
  constexpr uint32_t kOnes = 0x3f803f80u;
  uint32_t sum;
  asm("fma.rn.bf16x2 %0, %1, %2, %3;\n" : "=r"(sum) : "r"(a), "r"(kOnes), "r"(b));
  return sum;
}

// The greater and the lesser of two bf16, twice at once; NaN where one is. -0 is less than +0.
__device__ __forceinline__ uint32_t max_bf16_pairs(uint32_t a, uint32_t b) {
  uint32_t result;
  asm("max.NaN.bf16x2 %0, %1, %2;\n" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

__device__ __forceinline__ uint32_t min_bf16_pairs(uint32_t a, uint32_t b) {
  uint32_t result;
  asm("min.NaN.bf16x2 %0, %1, %2;\n" : "=r"(result) : "r"(a), "r"(b));
  return result;
}

// The greater and the lesser of two float32; NaN where one is, which fmaxf and fminf would drop.
__device__ __forceinline__ float max_nan(float a, float b) {
  float result;
  asm("max.NaN.f32 %0, %1, %2;\n" : "=f"(result) : "f"(a), "f"(b));
  return result;
}

__device__ __forceinline__ float min_nan(float a, float b) {
  float result;
  asm("min.NaN.f32 %0, %1, %2;\n" : "=f"(result) : "f"(a), "f"(b));
  return result;
}

// Four integers, held within -128 ... 127, as the bytes of a word; the first is the lowest.
__device__ __forceinline__ uint32_t saturated_int8_word(const int32_t (&values)[4]) {
  uint32_t word;
  asm("{\n"
      "  .reg .b32 high;\n"
      "  cvt.pack.sat.s8.s32.b32 high, %4, %3, 0;\n"
      "  cvt.pack.sat.s8.s32.b32 %0, %2, %1, high;\n"
      "}\n"
      : "=r"(word)
      : "r"(values[0]), "r"(values[1]), "r"(values[2]), "r"(values[3]));
  return word;
}

// The pointer, of whose origin the compiler then knows nothing: it will advance it by an addition
// where it would otherwise compute each of many from the first, with more registers.
__device__ __forceinline__ const char* opaque(const char* pointer) {
  asm volatile("" : "+l"(pointer));
  return pointer;
}

__device__ __forceinline__ uint32_t opaque(uint32_t value) {
  asm volatile("" : "+r"(value));
  return value;
}

// (a & b) | c in one instruction.
__device__ __forceinline__ uint32_t and_or(uint32_t a, uint32_t b, uint32_t c) {
  constexpr int kAndOr = (0xf0 & 0xcc) | 0xaa;
  uint32_t result;
  asm("lop3.b32 %0, %1, %2, %3, %4;\n" : "=r"(result) : "r"(a), "r"(b), "r"(c), "n"(kAndOr));
  return result;
}

}  // namespace qutlass::cuda::ptx
