#include "cuda/quantize_rows.cuh"

namespace qutlass::cuda {

const char* quantize_int4(const QuantizeInt4Args& args, Stream stream) {
  constexpr char kOp[] = "quantize_int4";
  if (args.rows == 0) return nullptr;
  if (const char* reason = check_method(kOp, args.k, args.method)) return reason;
  const RowsToQuantize rows{args.x, args.values,        args.scale, nullptr,    args.rows,
                            args.k, int4_words(args.k), true,       args.method};
  return failure(kOp, launch_rotated_quantize<Int4Format>(rows, args.rotation, stream));
}

}  // namespace qutlass::cuda
