#include "cuda/quantize_rows.cuh"
#include "cuda/wide_int4_format.cuh"

namespace qutlass::cuda {

namespace {

constexpr char kOp[] = "quantize_int4";

template <class Format>
const char* quantize(const QuantizeInt4Args& args, int64_t row_words, int32_t* sums,
                     Stream stream) {
  if (args.rows == 0) return nullptr;
  if (const char* reason = check_method(kOp, args.k, args.method)) return reason;
  const RowsToQuantize rows{args.x, args.values, args.scale, sums,       args.rows,
                            args.k, row_words,   true,       args.method};
  return failure(kOp, launch_rotated_quantize<Format>(rows, args.rotation, stream));
}

}  // namespace

const char* quantize_int4(const QuantizeInt4Args& args, Stream stream) {
  return quantize<Int4Format>(args, int4_words(args.k), nullptr, stream);
}

const char* quantize_widened_int4(const QuantizeInt4Args& args, int32_t* sums, Stream stream) {
  return quantize<WideInt4Format>(args, widened_words(int4_words(args.k)), sums, stream);
}

}  // namespace qutlass::cuda
