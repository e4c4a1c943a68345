// Products by the same weights again and again, without TensorFlow.
//
// TensorFlow's part of a call takes some 4 us, half of what a row takes with a million weights. So
// small products by weights that are kept prepacked are made here
// (src/kernels/tensorflow/small_products.ts): the same op (tensorflow/ops/), on the same memory.
#pragma once

#include <napi.h>

#include <memory>
#include <string>
#include <vector>

#include "tensorflow/op_registration.h"

namespace qutlass::addon {

// In JavaScript:
//     new PreparedProduct(op, attributes)
// `op` is a native name with its optional inputs ('QutlassLinearInt8PrepackedBias'), `attributes`
// are those of the op that do not have their defaults. Then its inputs after x, in order, each by
// one of
//     hold(token: number)                                    what QutlassHold held under that token
//     copy(values: Float32Array, shape: number[])
// and as often as wanted
//     multiply(x: Float32Array, m: number): Float32Array     x [m, k] by the weights: [m, n]
//     dispose()                                              lets go of all inputs
// Throws what the op says is wrong, with its name.
class PreparedProduct : public Napi::ObjectWrap<PreparedProduct> {
 public:
  // The class, for `exports`.
  static Napi::Function define(Napi::Env env);

  explicit PreparedProduct(const Napi::CallbackInfo& call);

 private:
  void hold(const Napi::CallbackInfo& call);
  void copy(const Napi::CallbackInfo& call);
  Napi::Value multiply(const Napi::CallbackInfo& call);
  void dispose(const Napi::CallbackInfo& call);

  std::string name_;
  std::unique_ptr<tensorflow::AnyOp> op_;  // null once disposed of
  std::vector<tensorflow::Tensor> others_;
};

}  // namespace qutlass::addon
