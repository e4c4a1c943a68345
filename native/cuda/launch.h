// The CUDA launchers: one function an op, over the argument structs of qutlass/ops.h with device
// pointers. Plain C++: includable without nvcc.
//
// A launcher queues its kernels on `stream` and returns at once; it neither allocates nor
// synchronises. It returns null, or the reason why it queued nothing. Sizes of 0 are valid.
// `workspace` is device memory of workspace_bytes(args), aligned to 256. Its size depends on the
// current device and on how the operands are aligned: it is asked for where the product will run,
// with the product's own arguments.
#pragma once

#include <cstddef>
#include <string>

#include "qutlass/ops.h"

// A cudaStream_t is a pointer to this.
struct CUstream_st;

namespace qutlass::cuda {

using Stream = CUstream_st*;

// Values out of range are clamped: the device cannot report them.
const char* pack_int4(const PackArgs& args, Stream stream);
const char* pack_int8(const PackArgs& args, Stream stream);
const char* unpack_int4(const UnpackArgs& args, Stream stream);
const char* unpack_int8(const UnpackArgs& args, Stream stream);

const char* hadamard(const HadamardArgs& args, Stream stream);
const char* rotate(const RotateArgs& args, Stream stream);

// With ScaleMethod::kQuest a row has at most kMaxQuestK elements. zero may be null where rows are
// symmetric.
const char* quantize_int8(const QuantizeInt8Args& args, Stream stream);
const char* quantize_int4(const QuantizeInt4Args& args, Stream stream);
const char* quantize_weight_int8(const QuantizeWeightInt8Args& args, Stream stream);
const char* quantize_weight_int4(const QuantizeWeightInt4Args& args, Stream stream);
const char* dequantize_int8(const DequantizeInt8Args& args, Stream stream);
const char* dequantize_int4(const DequantizeInt4Args& args, Stream stream);

// How a product would be computed, as QUTLASS_INT8_CONFIG, QUTLASS_INT4_CONFIG and
// QUTLASS_INT4_INT4_CONFIG name it, or why it cannot be. Pointers may be null: the operands are
// then taken to be aligned.
std::string configuration(const MatmulInt8Args& args);
std::string configuration(const MatmulInt4Args& args);
std::string configuration(const MatmulInt4Int4Args& args);

size_t workspace_bytes(const MatmulInt8Args& args);
size_t workspace_bytes(const MatmulInt4Args& args);
size_t workspace_bytes(const MatmulInt4Int4Args& args);
size_t workspace_bytes(const LinearInt8Args& args);
size_t workspace_bytes(const LinearInt4Args& args);
size_t workspace_bytes(const LinearInt8Int4Args& args);

const char* matmul_int8(const MatmulInt8Args& args, void* workspace, Stream stream);
const char* matmul_int4(const MatmulInt4Args& args, void* workspace, Stream stream);
const char* matmul_int4_int4(const MatmulInt4Int4Args& args, void* workspace, Stream stream);
const char* linear_int8(const LinearInt8Args& args, void* workspace, Stream stream);
const char* linear_int4(const LinearInt4Args& args, void* workspace, Stream stream);
const char* linear_int8_int4(const LinearInt8Int4Args& args, void* workspace, Stream stream);

}  // namespace qutlass::cuda
