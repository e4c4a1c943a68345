// int8 weights as prepackInt8 makes them: a tensor that says itself what it holds.
#pragma once

#include "cpu/kernels.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

inline cpu::PrepackedShape prepacked_shape(const Tensor& prepacked) {
  prepacked.expect_rank(1);
  const auto shape = cpu::prepacked_int8_shape(prepacked.data<int32_t>(), prepacked.shape()[0]);
  if (!shape) {
    throw OpError(std::string(prepacked.name()) +
                  " is not prepacked, expected what prepackInt8 made in this process");
  }
  return *shape;
}

}  // namespace qutlass::tensorflow
