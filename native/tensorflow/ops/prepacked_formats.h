// What prepackInt8, prepackInt4 and prepackInt4Scales make: tensors that say themselves what they
// hold.
#pragma once

#include "cpu/kernels.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

struct OfInt32 {
  using Element = int32_t;
  static constexpr DataType kType = kInt32;
  static constexpr char kTensor[] = "w: int32";
  static constexpr char kPrepacked[] = "prepacked: int32";
};

struct OfFloat {
  using Element = float;
  static constexpr DataType kType = kFloat;
  static constexpr char kTensor[] = "w: float";
  static constexpr char kPrepacked[] = "prepacked: float";
};

struct InInt8Order {
  static constexpr auto kSize = cpu::prepacked_int8_size;
  static constexpr auto kShape = cpu::prepacked_int8_shape;
  static constexpr Kernels<PrepackArgs> kPrepackKernels = {cpu::prepack_int8, nullptr};
  static constexpr Kernels<UnprepackArgs> kUnprepackKernels = {cpu::unprepack_int8, nullptr};
};

struct InInt4Order {
  static constexpr auto kSize = cpu::prepacked_int4_size;
  static constexpr auto kShape = cpu::prepacked_int4_shape;
  static constexpr Kernels<PrepackArgs> kPrepackKernels = {cpu::prepack_int4, nullptr};
  static constexpr Kernels<UnprepackArgs> kUnprepackKernels = {cpu::unprepack_int4, nullptr};
};

struct InInt4ScalesOrder {
  static constexpr auto kSize = cpu::prepacked_int4_scales_size;
  static constexpr auto kShape = cpu::prepacked_int4_scales_shape;
  static constexpr Kernels<PrepackArgs> kPrepackKernels = {cpu::prepack_int4_scales, nullptr};
  static constexpr Kernels<UnprepackArgs> kUnprepackKernels = {cpu::unprepack_int4_scales, nullptr};
};

struct PrepackedInt8 : OfInt32, InInt8Order {
  static constexpr char kPrepack[] = "QutlassPrepackInt8";
  static constexpr char kUnprepack[] = "QutlassUnprepackInt8";
};

// Words, or zero points.
struct PrepackedInt4 : OfInt32, InInt4Order {
  static constexpr char kPrepack[] = "QutlassPrepackInt4";
  static constexpr char kUnprepack[] = "QutlassUnprepackInt4";
};

struct PrepackedInt4Scales : OfFloat, InInt4ScalesOrder {
  static constexpr char kPrepack[] = "QutlassPrepackInt4Scales";
  static constexpr char kUnprepack[] = "QutlassUnprepackInt4Scales";
};

// The shape of what was prepacked.
template <typename Format>
cpu::PrepackedShape prepacked_shape(const Tensor& prepacked) {
  prepacked.expect_rank(1);
  const auto* words = reinterpret_cast<const int32_t*>(prepacked.data<typename Format::Element>());
  if (const auto shape = Format::kShape(words, prepacked.shape()[0])) return *shape;
  const std::string op = Format::kPrepack + sizeof "Qutlass" - 1;
  throw OpError(std::string(prepacked.name()) + " is not prepacked, expected what p" +
                op.substr(1) + " made in this process");
}

}  // namespace qutlass::tensorflow
