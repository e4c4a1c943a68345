// dequantize_int8, dequantize_int4: (q - zero) * scale.
#include "cuda/int4_groups.cuh"
#include "cuda/unpacked_rows.cuh"

namespace qutlass::cuda {

namespace {

// One scale and one zero point a row.
struct DequantizedInt8 {
  using Value = float;
  const float* scale;
  const int32_t* zero;  // or null for 0

  __device__ __forceinline__ float operator()(uint32_t code, uint32_t row, uint32_t) const {
    const int32_t zero_point = zero ? __ldg(zero + row) : 0;
    return multiply(static_cast<float>(int8_of(code, 0) - zero_point), __ldg(scale + row));
  }
};

// One scale and one zero point a group.
struct DequantizedInt4 {
  using Value = float;
  const float* scales;
  const int32_t* zeros;  // or null for 8
  Groups groups;

  __device__ __forceinline__ float operator()(uint32_t code, uint32_t row, uint32_t column) const {
    const int64_t group = row * groups.count() + groups.of(static_cast<int>(column));
    const int32_t zero_point = zeros ? __ldg(zeros + group) : 8;
    return multiply(static_cast<float>(static_cast<int32_t>(code) - zero_point),
                    __ldg(scales + group));
  }
};

// `value_from(row)` makes what `value_of` is for the rows from there on.
template <int kBits, class Args, class ValueFrom>
cudaError_t launch_dequantize(const Args& args, const ValueFrom& value_from, Stream stream) {
  if (args.k == 0) return cudaSuccess;
  const int64_t words = ceil_div(args.k, 32 / kBits);
  return for_each_slab(args.rows, args.k, [&](int64_t first_row, int64_t rows) {
    const UnpackRows<kBits, decltype(value_from(first_row))> op(args.values + first_row * words,
                                                                args.x + first_row * args.k, rows,
                                                                args.k, value_from(first_row));
    return launch_each_piece(op, op.pieces(), stream);
  });
}

}  // namespace

const char* dequantize_int8(const DequantizeInt8Args& args, Stream stream) {
  const auto value_from = [&](int64_t row) {
    return DequantizedInt8{args.scale + row, args.zero ? args.zero + row : nullptr};
  };
  return failure("dequantize_int8", launch_dequantize<8>(args, value_from, stream));
}

const char* dequantize_int4(const DequantizeInt4Args& args, Stream stream) {
  const Groups groups(args.k, args.group_size);
  const auto value_from = [&](int64_t row) {
    const int64_t group = row * groups.count();
    return DequantizedInt4{args.scales + group, args.zeros ? args.zeros + group : nullptr, groups};
  };
  return failure("dequantize_int4", launch_dequantize<4>(args, value_from, stream));
}

}  // namespace qutlass::cuda
