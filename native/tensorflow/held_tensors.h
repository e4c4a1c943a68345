// Tensors of TensorFlow's on their way to a caller without it: an op holds them (ops/hold.cc), and
// who knows the token that it returned takes them over.
#pragma once

#include <cstdint>

#include "tensorflow/tensor.h"

namespace qutlass::tensorflow {

int32_t hold(Tensor tensor);
// Throws OpError where no tensor has this token, or it was taken before.
Tensor take_held(int32_t token);

}  // namespace qutlass::tensorflow
