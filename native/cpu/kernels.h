// The CPU kernels: one function an op, over the argument structs of qutlass/ops.h.
//
// Each runs on the calling thread and on up to thread_count() - 1 more, and returns when the
// result is complete. The int8 results are the same bits, and the int4 results too on one machine,
// for any number of threads. A function returns null, or the reason why it did nothing.
#pragma once

#include <cstddef>
#include <optional>

#include "qutlass/ops.h"

namespace qutlass::cpu {

// Packing fails where a value is out of the format's range; the message says which and where.
// It is a thread-local buffer, valid until the thread's next failure.
const char* pack_int4(const PackArgs& args);
const char* pack_int8(const PackArgs& args);
const char* unpack_int4(const UnpackArgs& args);
const char* unpack_int8(const UnpackArgs& args);

const char* hadamard(const HadamardArgs& args);
const char* rotate(const RotateArgs& args);
const char* quantize_int8(const QuantizeInt8Args& args);
const char* quantize_int4(const QuantizeInt4Args& args);
const char* quantize_weight_int8(const QuantizeWeightInt8Args& args);
const char* quantize_weight_int4(const QuantizeWeightInt4Args& args);
const char* dequantize_int8(const DequantizeInt8Args& args);
const char* dequantize_int4(const DequantizeInt4Args& args);

// int32 elements of prepacked weights; 0 where this processor multiplies them best as they are, and
// nothing is prepacked.
int64_t prepacked_int8_size(int64_t n, int64_t words);
int64_t prepacked_int4_size(int64_t n, int64_t words);
int64_t prepacked_int4_scales_size(int64_t n, int64_t groups);
// The shape of the weights that `size` elements hold; nothing where those were not prepacked here.
struct PrepackedShape {
  int64_t n;
  int64_t words;
};
std::optional<PrepackedShape> prepacked_int8_shape(const int32_t* prepacked, int64_t size);
std::optional<PrepackedShape> prepacked_int4_shape(const int32_t* prepacked, int64_t size);
std::optional<PrepackedShape> prepacked_int4_scales_shape(const int32_t* prepacked, int64_t size);
const char* prepack_int8(const PrepackArgs& args);
const char* prepack_int4(const PrepackArgs& args);
const char* prepack_int4_scales(const PrepackArgs& args);
const char* unprepack_int8(const UnprepackArgs& args);
const char* unprepack_int4(const UnprepackArgs& args);
const char* unprepack_int4_scales(const UnprepackArgs& args);

// Bytes of scratch, aligned to 64, that a product needs at `workspace`.
size_t workspace_bytes(const MatmulInt8Args& args);
size_t workspace_bytes(const MatmulInt4Args& args);
size_t workspace_bytes(const LinearInt8Args& args);
size_t workspace_bytes(const MatmulInt4Int4Args& args);
size_t workspace_bytes(const LinearInt4Args& args);
size_t workspace_bytes(const LinearInt8Int4Args& args);

const char* matmul_int8(const MatmulInt8Args& args, void* workspace);
const char* matmul_int4(const MatmulInt4Args& args, void* workspace);
const char* linear_int8(const LinearInt8Args& args, void* workspace);
const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* workspace);
const char* linear_int4(const LinearInt4Args& args, void* workspace);
const char* linear_int8_int4(const LinearInt8Int4Args& args, void* workspace);

// The instruction set in use: "scalar", "avx2", "neondot", ...; QUTLASS_CPU_ISA forces one.
const char* isa_name();
// Why it is that one, for people: "the best of this processor", "QUTLASS_CPU_ISA=avx2", ...
const char* isa_reason();
// Threads a kernel may use: QUTLASS_NUM_THREADS, else the processors this process may run on
// (affinity and the container's CPU quota both count).
int thread_count();

}  // namespace qutlass::cpu
