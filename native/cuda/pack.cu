// pack_int8, pack_int4, unpack_int8, unpack_int4.
//
// Values out of range are clamped to it, and NaN becomes 0: a kernel has no way to report them.
#include "cuda/each_piece.cuh"
#include "cuda/ptx.cuh"
#include "cuda/unpacked_rows.cuh"
#include "cuda/vector.cuh"

namespace qutlass::cuda {

namespace {

// Rounded half to even, held within int32; NaN becomes 0.
__device__ __forceinline__ int32_t to_integer(float value) { return __float2int_rn(value); }
__device__ __forceinline__ int32_t to_integer(int32_t value) { return value; }

struct Int8Packing {
  static constexpr int kPerWord = kInt8PerWord;

  // The word of four integers.
  __device__ __forceinline__ uint32_t bits(const int32_t (&integers)[4]) const {
    return ptx::saturated_int8_word(integers);
  }
};

struct Int4Packing {
  static constexpr int kPerWord = kInt4PerWord;
  int32_t offset;  // 8 for signed values

  // The half word of four integers.
  __device__ __forceinline__ uint32_t bits(const int32_t (&integers)[4]) const {
    uint32_t bits = 0;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
      const int32_t clamped = min(max(integers[i], -offset), 15 - offset);
      bits |= int4_in_word(clamped + offset, i);
    }
    return bits;
  }
};

// A piece is a packed word. The source is a ValueArray, or an AlignedValueArray where all rows
// allow it.
template <class T, class Source, class Packing>
class PackRows {
  static constexpr int kFours = Packing::kPerWord / 4;

 public:
  static constexpr int kPiecesPerThread = 2 / kFours;

  struct Loaded {
    typename Source::Four fours[kFours];
  };

  // source [rows, k], packed [rows, words]; int32 holds rows * k, and k is not 0.
  PackRows(const T* source, int32_t* packed, int64_t rows, int64_t k, const Packing& packing)
      : source_(source, static_cast<uint32_t>(rows * k)),
        packed_(packed),
        k_(static_cast<uint32_t>(k)),
        row_words_(static_cast<uint32_t>(ceil_div(k, Packing::kPerWord))),
        pieces_(rows * row_words_.value()),
        packing_(packing) {}

  int64_t pieces() const { return pieces_; }

  __device__ __forceinline__ Loaded load(uint32_t piece) const {
    const uint32_t row = row_words_.quotient(piece);
    const uint32_t first = row * k_ + column_of(piece);
    const int count = count_of(piece);
    Loaded loaded;
#pragma unroll
    for (int i = 0; i < kFours; ++i) loaded.fours[i] = source_.load(first + 4 * i, count - 4 * i);
    return loaded;
  }

  __device__ __forceinline__ void store(uint32_t piece, const Loaded& loaded) const {
    uint32_t word = 0;
#pragma unroll
    for (int i = 0; i < kFours; ++i) {
      T values[4];
      Source::get(values, loaded.fours[i]);
      const int32_t integers[4] = {to_integer(values[0]), to_integer(values[1]),
                                   to_integer(values[2]), to_integer(values[3])};
      word |= packing_.bits(integers) << 16 * i;
    }
    packed_[piece] = static_cast<int32_t>(word);
  }

 private:
  // The first of the piece's values in its row.
  __device__ __forceinline__ uint32_t column_of(uint32_t piece) const {
    const uint32_t row = row_words_.quotient(piece);
    return (piece - row * row_words_.value()) * Packing::kPerWord;
  }

  // Its values up to the end of the row: more than a word's where it is not the row's last.
  __device__ __forceinline__ int count_of(uint32_t piece) const {
    return static_cast<int>(k_ - column_of(piece));
  }

  Source source_;
  int32_t* packed_;
  uint32_t k_;
  Divisor row_words_;
  int64_t pieces_;
  Packing packing_;
};

template <class Source, class T, class Packing>
cudaError_t launch_pack_from(const T* source, const PackArgs& args, const Packing& packing,
                             Stream stream) {
  const int64_t words = ceil_div(args.k, Packing::kPerWord);
  return for_each_slab(args.rows, args.k, [&](int64_t first_row, int64_t rows) {
    const PackRows<T, Source, Packing> op(source + first_row * args.k,
                                          args.packed + first_row * words, rows, args.k, packing);
    return launch_each_piece(op, op.pieces(), stream);
  });
}

template <class T, class Packing>
cudaError_t launch_pack(const T* source, const PackArgs& args, const Packing& packing,
                        Stream stream) {
  if (args.k == 0) return cudaSuccess;
  const bool rows_are_aligned = args.k % 4 == 0 && values_past_16_bytes(source) == 0;
  return rows_are_aligned ? launch_pack_from<AlignedValueArray<T>>(source, args, packing, stream)
                          : launch_pack_from<ValueArray<T>>(source, args, packing, stream);
}

template <class Packing>
cudaError_t launch_pack(const PackArgs& args, const Packing& packing, Stream stream) {
  return args.integers ? launch_pack(args.integers, args, packing, stream)
                       : launch_pack(args.floats, args, packing, stream);
}

struct Int8Value {
  using Value = int32_t;

  __device__ __forceinline__ int32_t operator()(uint32_t code, uint32_t, uint32_t) const {
    return int8_of(code, 0);
  }
};

struct Int4Value {
  using Value = int32_t;
  int32_t offset;  // 8 for signed values

  __device__ __forceinline__ int32_t operator()(uint32_t code, uint32_t, uint32_t) const {
    return static_cast<int32_t>(code) - offset;
  }
};

template <int kBits, class ValueOf>
cudaError_t launch_unpack(const UnpackArgs& args, const ValueOf& value_of, Stream stream) {
  if (args.k == 0) return cudaSuccess;
  const int64_t words = ceil_div(args.k, 32 / kBits);
  return for_each_slab(args.rows, args.k, [&](int64_t first_row, int64_t rows) {
    const UnpackRows<kBits, ValueOf> op(args.packed + first_row * words,
                                        args.integers + first_row * args.k, rows, args.k, value_of);
    return launch_each_piece(op, op.pieces(), stream);
  });
}

int32_t offset_of(bool is_signed) { return is_signed ? 8 : 0; }

}  // namespace

const char* pack_int8(const PackArgs& args, Stream stream) {
  return failure("pack_int8", launch_pack(args, Int8Packing{}, stream));
}

const char* pack_int4(const PackArgs& args, Stream stream) {
  return failure("pack_int4", launch_pack(args, Int4Packing{offset_of(args.is_signed)}, stream));
}

const char* unpack_int8(const UnpackArgs& args, Stream stream) {
  return failure("unpack_int8", launch_unpack<8>(args, Int8Value{}, stream));
}

const char* unpack_int4(const UnpackArgs& args, Stream stream) {
  return failure("unpack_int4",
                 launch_unpack<4>(args, Int4Value{offset_of(args.is_signed)}, stream));
}

}  // namespace qutlass::cuda
