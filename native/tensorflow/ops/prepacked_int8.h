// int8 weights as prepackInt8 makes them: a tensor that says itself what it holds.
#pragma once

#include "cpu/kernels.h"
#include "tensorflow/ops/operands.h"

namespace qutlass::tensorflow {

struct PrepackedShape {
  int64_t n;
  int64_t words;
};

inline PrepackedShape prepacked_shape(const Tensor& prepacked) {
  prepacked.expect_rank(1);
  PrepackedShape shape;
  if (!cpu::read_prepacked_int8(prepacked.data<int32_t>(), prepacked.shape()[0], shape.n,
                                shape.words)) {
    throw OpError(std::string(prepacked.name()) +
                  " is not prepacked, expected what prepackInt8 made in this process");
  }
  return shape;
}

}  // namespace qutlass::tensorflow
