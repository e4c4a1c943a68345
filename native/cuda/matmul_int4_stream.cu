// The launch of the kernels for few rows of the int4 product.
#include <algorithm>

#include "cuda/each_word.cuh"
#include "cuda/launch.h"
#include "cuda/matmul_int4_stream.cuh"
#include "cuda/matmul_int4_stream.h"

namespace qutlass::cuda {

namespace {

// Whether tiles of 32 weight rows leave no multiprocessor longer at work than those of 16. Then
// they are faster: each load of x serves two mma.
bool has_tiles_of_32(const MatmulInt4Args& args) {
  const int64_t blocks = int64_t{kStreamResidentBlocks} * multiprocessor_count();
  const auto rounds = [&](int rows) { return ceil_div(ceil_div(args.n, rows), blocks); };
  return 2 * rounds(32) <= rounds(16);
}

// Whether one row of x fits beside the rings.
bool is_one_kernel(const MatmulInt4Args& args) {
  constexpr int kMostBytes = std::max(stream_shared_bytes<Int4Ring<1>, 1>(kStreamMaxWarps),
                                      stream_shared_bytes<Int4Ring<2>, 2>(kStreamMaxWarps));
  return args.m == 1 && kMostBytes + Int4SharedX<1, 128>::bytes(args.k) <= kMaxSharedBytes;
}

template <int kRowTiles, int kGrain, bool kAligned>
cudaError_t launch_row(const MatmulInt4Args& args, const Int4ProductX& x, Stream stream) {
  using Ring = Int4Ring<kRowTiles>;
  constexpr auto kernel = stream_int4_row_kernel<kRowTiles, kGrain, kAligned>;
  if (const cudaError_t error = allow_shared_memory<kernel>(kMaxSharedBytes)) return error;
  const auto plan = StreamPlan::of<Ring>(args.n, int4_words(args.k));
  const int x_bytes = Int4SharedX<kRowTiles, kGrain>::bytes(args.k);
  kernel<<<plan.blocks, plan.warps * kWarpSize,
           stream_shared_bytes<Ring, kRowTiles>(plan.warps, x_bytes), stream>>>(
      args, x, Groups(args.k, args.group_size), plan);
  return cudaGetLastError();
}

// Two kernels: x in its order, then the product.
template <int kRowTiles, int kFragments, int kGrain, bool kAligned>
cudaError_t launch_rows(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                        Stream stream) {
  using Ring = Int4Ring<kRowTiles>;
  using X = StreamedX<kFragments, kGrain>;
  constexpr int kSums = kRowTiles * kFragments;
  const X streamed(args.k, workspace);
  const StreamX<X, kGrain> put_in_order{x, args.m, streamed};
  if (const cudaError_t error =
          launch_each_word(put_in_order, X::kRows, put_in_order.words(), stream)) {
    return error;
  }
  constexpr auto kernel = stream_int4_kernel<kRowTiles, kFragments, kGrain, kAligned>;
  constexpr int kMostBytes = stream_shared_bytes<Ring, kSums>(kStreamMaxWarps);
  if (const cudaError_t error = allow_shared_memory<kernel>(kMostBytes)) return error;
  const auto plan = StreamPlan::of<Ring>(args.n, int4_words(args.k));
  kernel<<<plan.blocks, plan.warps * kWarpSize, stream_shared_bytes<Ring, kSums>(plan.warps),
           stream>>>(args, streamed, Groups(args.k, args.group_size), plan);
  return cudaGetLastError();
}

template <int kRowTiles, int kGrain, bool kAligned>
cudaError_t launch_stream(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                          Stream stream) {
  if (is_one_kernel(args)) return launch_row<kRowTiles, kGrain, kAligned>(args, x, stream);
  if (args.m <= 8) return launch_rows<kRowTiles, 1, kGrain, kAligned>(args, x, workspace, stream);
  // With groups of 64, the largest kernel would need more registers than there are.
  constexpr int kGrainOfMany = kRowTiles == 2 && kGrain == 64 ? 32 : kGrain;
  return launch_rows<kRowTiles, 2, kGrainOfMany, kAligned>(args, x, workspace, stream);
}

template <int kGrain>
cudaError_t launch_aligned(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                           Stream stream) {
  return has_tiles_of_32(args) ? launch_stream<2, kGrain, true>(args, x, workspace, stream)
                               : launch_stream<1, kGrain, true>(args, x, workspace, stream);
}

}  // namespace

size_t int4_stream_workspace_bytes(const MatmulInt4Args& args) {
  if (is_one_kernel(args)) return 0;
  return args.m <= 8 ? StreamedX<1, 128>(args.k, nullptr).bytes()
                     : StreamedX<2, 128>(args.k, nullptr).bytes();
}

// Groups that are no multiple of 32 are taken word by word.
cudaError_t launch_int4_stream(const MatmulInt4Args& args, const Int4ProductX& x, void* workspace,
                               Stream stream) {
  if (!has_grain(args, 32)) return launch_stream<1, kWordGrain, false>(args, x, workspace, stream);
  const bool is_aligned = GlobalMatrix{args.w, args.n, 4 * int4_words(args.k)}.rows_are_aligned();
  if (!is_aligned) {
    return has_grain(args, 128) ? launch_stream<1, 128, false>(args, x, workspace, stream)
                                : launch_stream<1, 32, false>(args, x, workspace, stream);
  }
  if (has_grain(args, 128)) return launch_aligned<128>(args, x, workspace, stream);
  if (has_grain(args, 64)) return launch_aligned<64>(args, x, workspace, stream);
  return launch_aligned<32>(args, x, workspace, stream);
}

}  // namespace qutlass::cuda
