#include "cuda/plain_row.cuh"
#include "cuda/quantize_rows.cuh"

namespace qutlass::cuda {

namespace {

constexpr int kWarpHeldFours = 8;
constexpr int kPlainMaxThreads = 512;
constexpr int kPlainBlocksPerMultiprocessor = 3;

__global__ __launch_bounds__(kWarpRows* kWarpSize) void quantize_by_warp(RowsToQuantize args) {
  const int64_t row = int64_t{blockIdx.x} * kWarpRows + threadIdx.x / kWarpSize;
  if (row >= args.rows) return;
  const Quantizer quantizer =
      quantize_plain_row<WarpTeam, kWarpHeldFours>(args.row(row), {}, args.words(row));
  if (WarpTeam::is_first_thread()) args.finish(row, quantizer);
}

__global__ __launch_bounds__(
    kPlainMaxThreads,
    kPlainBlocksPerMultiprocessor) void quantize_by_block(RowsToQuantize args,
                                                          uint32_t parked_chunks) {
  auto* parked = reinterpret_cast<uint4*>(dynamic_shared_memory());
  const Quantizer quantizer = quantize_plain_row<BlockTeam, kPlainHeldFours>(
      args.row(blockIdx.x), {parked, parked_chunks}, args.words(blockIdx.x));
  if (BlockTeam::is_first_thread()) args.finish(blockIdx.x, quantizer);
}

cudaError_t launch_plain_quantize(const RowsToQuantize& args, Stream stream) {
  if (has_many_short_rows(args)) {
    quantize_by_warp<<<warp_row_blocks(args), kWarpRows * kWarpSize, 0, stream>>>(args);
    return cudaGetLastError();
  }
  constexpr auto kernel = quantize_by_block;
  constexpr int kMaxBytes = kMaxSharedBytes - kStaticBytes;
  if (const cudaError_t error = allow_shared_memory<kernel>(kMaxBytes)) return error;
  const BlockPlan plan(args.k, kPlainHeldFours * kSegmentValues, false, kPlainMaxThreads,
                       kMaxBytes);
  kernel<<<static_cast<unsigned>(args.rows), plan.threads, plan.parked_bytes, stream>>>(
      args, plan.parked_chunks);
  return cudaGetLastError();
}

// More than a block holds in registers: by way of shared memory they are faster.
bool has_long_aligned_rows(const RowsToQuantize& args) {
  constexpr int64_t kHeldValues = int64_t{kPlainMaxThreads} * 4 * kPlainHeldFours;
  return args.k > kHeldValues && args.k % 4 == 0 && is_aligned(args.x, 16);
}

}  // namespace

const char* quantize_int8(const QuantizeInt8Args& args, Stream stream) {
  constexpr char kOp[] = "quantize_int8";
  if (args.rows == 0) return nullptr;
  if (const char* reason = check_method(kOp, args.k, args.method)) return reason;
  const RowsToQuantize rows{args.x, args.values,        args.scale,     args.zero,  args.rows,
                            args.k, int8_words(args.k), args.symmetric, args.method};
  const bool is_plain = args.rotation.block_size == 0 && args.method == ScaleMethod::kAbsMax;
  if (is_plain && !has_long_aligned_rows(rows)) {
    return failure(kOp, launch_plain_quantize(rows, stream));
  }
  return failure(kOp, launch_rotated_quantize<Int8Format>(rows, args.rotation, stream));
}

}  // namespace qutlass::cuda
