#include "row_ops.h"

#include <algorithm>

#include "cuda/launch.h"
#include "fill.h"
#include "row_op.h"
#include "test/reference.h"

namespace qutlass::bench {

namespace {

// A packed format, its ops and their references.
struct Packing {
  int64_t (*words)(int64_t k);
  int32_t least, count;  // the values
  const char* (*pack)(const PackArgs&, cuda::Stream);
  const char* (*unpack)(const UnpackArgs&, cuda::Stream);
  void (*reference_pack)(const PackArgs&);
  void (*reference_unpack)(const UnpackArgs&);
};

constexpr Packing kInt4Packing = {int4_words,
                                  -8,
                                  16,
                                  cuda::pack_int4,
                                  cuda::unpack_int4,
                                  reference::pack_int4,
                                  reference::unpack_int4};
constexpr Packing kInt8Packing = {int8_words,
                                  -128,
                                  256,
                                  cuda::pack_int8,
                                  cuda::unpack_int8,
                                  reference::pack_int8,
                                  reference::unpack_int8};

RowOp pack_op(const RowsShape& shape, const Packing& packing) {
  const auto [rows, k] = shape;
  const int64_t words = packing.words(k);
  const int64_t bytes = 4 * rows * (k + words);
  const int copies = cold_copies(bytes);
  const auto integers = array_of<int32_t>(rows * k, copies);
  const auto packed = array_of<int32_t>(rows * words, copies);
  fill_integers(integers->data(), integers->size(), 3, packing.least, packing.count);
  integers->copy_first_to_others();
  packed->poison();

  Call call = [=, rows = rows, k = k, pack = packing.pack](int index, cudaStream_t stream) {
    require(
        pack({integers->of_call(index), nullptr, packed->of_call(index), rows, k, true}, stream));
  };
  const auto is_right = [=, k = k, &packing](int64_t row) {
    const std::vector<int32_t> input = integers->read(row * k, k);
    std::vector<int32_t> want(words);
    packing.reference_pack({input.data(), nullptr, want.data(), 1, k, true});
    return is_same(packed->read(row * words, words), want);
  };
  return {{call, copies}, bytes, is_right};
}

RowOp unpack_op(const RowsShape& shape, const Packing& packing) {
  const auto [rows, k] = shape;
  const int64_t words = packing.words(k);
  const int64_t bytes = 4 * rows * (k + words);
  const int copies = cold_copies(bytes);
  const auto packed = array_of<int32_t>(rows * words, copies);
  const auto integers = array_of<int32_t>(rows * k, copies);
  fill_words(packed->data(), packed->size(), 4);
  packed->copy_first_to_others();
  integers->poison();

  Call call = [=, rows = rows, k = k, unpack = packing.unpack](int index, cudaStream_t stream) {
    require(unpack({packed->of_call(index), integers->of_call(index), rows, k, true}, stream));
  };
  const auto is_right = [=, k = k, &packing](int64_t row) {
    const std::vector<int32_t> input = packed->read(row * words, words);
    std::vector<int32_t> want(k);
    packing.reference_unpack({input.data(), want.data(), 1, k, true});
    return is_same(integers->read(row * k, k), want);
  };
  return {{call, copies}, bytes, is_right};
}

std::vector<NamedRowOp> all_ops() {
  using Shape = const RowsShape&;
  std::vector<NamedRowOp> ops = quantizing_ops();
  ops.push_back({"pack_int4", 1, [](Shape shape) { return pack_op(shape, kInt4Packing); }});
  ops.push_back({"unpack_int4", 1, [](Shape shape) { return unpack_op(shape, kInt4Packing); }});
  ops.push_back({"pack_int8", 1, [](Shape shape) { return pack_op(shape, kInt8Packing); }});
  ops.push_back({"unpack_int8", 1, [](Shape shape) { return unpack_op(shape, kInt8Packing); }});
  return ops;
}

const std::vector<NamedRowOp>& row_ops() {
  static const std::vector<NamedRowOp> ops = all_ops();
  return ops;
}

void check(const std::string& name, const RowOp& op, const RowsShape& shape) {
  op.subject.call(0, nullptr);
  require(cudaDeviceSynchronize(), name.c_str());
  for (int64_t row : {int64_t{0}, shape.rows / 2, shape.rows - 1}) {
    if (op.is_right(row)) continue;
    std::fprintf(stderr, "qutlass_bench: %s of %lld rows of %lld is wrong in row %lld\n",
                 name.c_str(), static_cast<long long>(shape.rows), static_cast<long long>(shape.k),
                 static_cast<long long>(row));
    std::exit(1);
  }
}

Measurement measurement_of(const std::string& name, const RowOp& op, const RowsShape& shape,
                           Microseconds us) {
  Measurement of{};
  of.op = name;
  of.provider = "qutlass";
  of.layer.name = "rows";
  of.layer.k = shape.k;
  of.m = shape.rows;
  of.cache = Cache::kCold;
  of.us = us;
  of.bytes = op.bytes;
  return of;
}

}  // namespace

std::vector<std::string> row_op_names() {
  std::vector<std::string> names;
  for (const NamedRowOp& op : row_ops()) names.push_back(op.name);
  return names;
}

const std::vector<RowsShape>& rows_shapes() {
  static const std::vector<RowsShape> shapes = {{1, 28672},    {16, 4096},   {256, 4096},
                                                {4096, 4096},  {4096, 4099}, {8192, 8192},
                                                {8192, 28672}, {65536, 768}};
  return shapes;
}

Measurements measure_row_ops(const RowsShape& shape, const std::vector<std::string>& names) {
  std::vector<std::string> chosen;
  std::vector<RowOp> ops;
  std::vector<Subject> subjects;
  for (const auto& [name, block_size, make] : row_ops()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    if (shape.k % block_size != 0) continue;
    chosen.push_back(name);
    ops.push_back(make(shape));
    check(name, ops.back(), shape);
    subjects.push_back(ops.back().subject);
  }
  const std::vector<Microseconds> times = time_interleaved(subjects, Cache::kCold);
  Measurements rows;
  for (size_t i = 0; i < ops.size(); ++i) {
    rows.push_back(measurement_of(chosen[i], ops[i], shape, times[i]));
  }
  return rows;
}

}  // namespace qutlass::bench
