#include "cuda/launch.h"
#include "fill.h"
#include "random_value.h"
#include "row_op.h"
#include "test/reference.h"

namespace qutlass::bench {

namespace {

constexpr uint64_t kSeed = 2;
constexpr int64_t kMatrixSize = 128;

Shared<float> random_rows(const RowsShape& shape, int copies) {
  const auto x = array_of<float>(shape.rows * shape.k, copies);
  fill_normal(x->data(), x->size(), kSeed, 1);
  x->copy_first_to_others();
  return x;
}

Shared<float> random_matrix() {
  const auto matrix = array_of<float>(kMatrixSize * kMatrixSize, 1);
  fill_normal(matrix->data(), matrix->size(), kSeed + 1, 0.1f);
  return matrix;
}

// What is done to rows before they are quantized.
struct Preparation {
  ScaleMethod method = ScaleMethod::kAbsMax;
  int64_t hadamard = 0;
};

RowOp quantize_int8_op(const RowsShape& shape, bool symmetric, const Preparation& preparation) {
  const auto [rows, k] = shape;
  const int64_t words = int8_words(k);
  const int64_t bytes = rows * (4 * k + 4 * words + 8);
  const int copies = cold_copies(bytes);
  const auto x = random_rows(shape, copies);
  const auto values = array_of<int32_t>(rows * words, copies);
  const auto scale = array_of<float>(rows, copies);
  const auto zero = array_of<int32_t>(rows, copies);
  values->poison();

  QuantizeInt8Args args{};
  args.rows = rows;
  args.k = k;
  args.symmetric = symmetric;
  args.method = preparation.method;
  args.rotation.block_size = preparation.hadamard;
  Call call = [=](int index, cudaStream_t stream) mutable {
    args.x = x->of_call(index);
    args.values = values->of_call(index);
    args.scale = scale->of_call(index);
    args.zero = zero->of_call(index);
    require(cuda::quantize_int8(args, stream));
  };
  const auto is_right = [=](int64_t row) mutable {
    const std::vector<float> input = x->read(row * args.k, args.k);
    std::vector<int32_t> want(words), want_zero(1);
    std::vector<float> want_scale(1);
    args.x = input.data();
    args.values = want.data();
    args.scale = want_scale.data();
    args.zero = want_zero.data();
    args.rows = 1;
    reference::quantize_int8(args);
    return is_same(values->read(row * words, words), want) &&
           is_same(scale->read(row, 1), want_scale) && is_same(zero->read(row, 1), want_zero);
  };
  return {{call, copies}, bytes, is_right};
}

RowOp quantize_int4_op(const RowsShape& shape, const Preparation& preparation) {
  const auto [rows, k] = shape;
  const int64_t words = int4_words(k);
  const int64_t bytes = rows * (4 * k + 4 * words + 4);
  const int copies = cold_copies(bytes);
  const auto x = random_rows(shape, copies);
  const auto values = array_of<int32_t>(rows * words, copies);
  const auto scale = array_of<float>(rows, copies);
  values->poison();

  QuantizeInt4Args args{};
  args.rows = rows;
  args.k = k;
  args.method = preparation.method;
  args.rotation.block_size = preparation.hadamard;
  Call call = [=](int index, cudaStream_t stream) mutable {
    args.x = x->of_call(index);
    args.values = values->of_call(index);
    args.scale = scale->of_call(index);
    require(cuda::quantize_int4(args, stream));
  };
  const auto is_right = [=](int64_t row) mutable {
    const std::vector<float> input = x->read(row * args.k, args.k);
    std::vector<int32_t> want(words);
    std::vector<float> want_scale(1);
    args.x = input.data();
    args.values = want.data();
    args.scale = want_scale.data();
    args.rows = 1;
    reference::quantize_int4(args);
    return is_same(values->read(row * words, words), want) &&
           is_same(scale->read(row, 1), want_scale);
  };
  return {{call, copies}, bytes, is_right};
}

// Rotates by the matrix, or where there is none by Hadamard of a size.
RowOp rotation_op(const RowsShape& shape, const Shared<float>& matrix, int64_t size) {
  const auto [rows, k] = shape;
  const int64_t bytes = 8 * rows * k;
  const int copies = cold_copies(bytes);
  const auto x = random_rows(shape, copies);
  const auto y = array_of<float>(rows * k, copies);
  y->poison();

  Call call = [=, rows = rows, k = k](int index, cudaStream_t stream) {
    const float* from = x->of_call(index);
    float* to = y->of_call(index);
    require(matrix ? cuda::rotate({from, matrix->data(), to, rows, k, size}, stream)
                   : cuda::hadamard({from, to, rows, k, size}, stream));
  };
  const auto is_right = [=, k = k](int64_t row) {
    const std::vector<float> input = x->read(row * k, k);
    const std::vector<float> of_matrix =
        matrix ? matrix->read(0, size * size) : std::vector<float>();
    const Rotation rotation{size, matrix ? of_matrix.data() : nullptr};
    return is_same(y->read(row * k, k), reference::rotated(input.data(), 1, k, rotation));
  };
  return {{call, copies}, bytes, is_right};
}

}  // namespace

std::vector<NamedRowOp> quantizing_ops() {
  using Shape = const RowsShape&;
  constexpr ScaleMethod kQuest = ScaleMethod::kQuest;
  std::vector<NamedRowOp> ops = {
      {"quantize_int8", 1, [](Shape shape) { return quantize_int8_op(shape, true, {}); }},
      {"quantize_int8_asymmetric", 1,
       [](Shape shape) { return quantize_int8_op(shape, false, {}); }},
      {"quantize_int8_quest", 1,
       [](Shape shape) {
         return quantize_int8_op(shape, true, {kQuest, 0});
       }},
      {"quantize_int4", 1, [](Shape shape) { return quantize_int4_op(shape, {}); }},
      {"quantize_int4_quest", 1,
       [](Shape shape) {
         return quantize_int4_op(shape, {kQuest, 0});
       }},
      {"quantize_int4_quest_h128", 128,
       [](Shape shape) {
         return quantize_int4_op(shape, {kQuest, 128});
       }},
      {"rotate_128", kMatrixSize,
       [](Shape shape) { return rotation_op(shape, random_matrix(), kMatrixSize); }}};
  for (int64_t size : {16, 32, 64, 128, 256, 512, 1024}) {
    const std::string suffix = std::to_string(size);
    ops.push_back({"hadamard_" + suffix, size,
                   [=](Shape shape) { return rotation_op(shape, nullptr, size); }});
  }
  for (int64_t size : {16, 128, 1024}) {
    const Preparation preparation{ScaleMethod::kAbsMax, size};
    const std::string suffix = "_h" + std::to_string(size);
    ops.push_back({"quantize_int8" + suffix, size,
                   [=](Shape shape) { return quantize_int8_op(shape, true, preparation); }});
    ops.push_back({"quantize_int4" + suffix, size,
                   [=](Shape shape) { return quantize_int4_op(shape, preparation); }});
  }
  return ops;
}

}  // namespace qutlass::bench
