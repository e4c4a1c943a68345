#include "cuda/quantize_rows.cuh"

namespace qutlass::cuda {

const char* quantize_int8(const QuantizeInt8Args& args, Stream stream) {
  constexpr char kOp[] = "quantize_int8";
  if (args.rows == 0) return nullptr;
  if (const char* reason = check_method(kOp, args.k, args.method)) return reason;
  const RowsToQuantize rows{args.x, args.values,         args.scale,     args.zero,  args.rows,
                            args.k, int8_words(args.k), args.symmetric, args.method};
  if (args.rotation.block_size == 0 && args.method == ScaleMethod::kAbsMax) {
    return failure(kOp, launch_plain_quantize<Int8Format<false>>(rows, stream));
  }
  return failure(kOp, launch_rotated_quantize<Int8Format<true>>(rows, args.rotation, stream));
}

}  // namespace qutlass::cuda
