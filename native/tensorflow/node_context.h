// A call of an op that TensorFlow makes.
#pragma once

#include "tensorflow/op_context.h"
#include "tensorflow/status.h"

namespace qutlass::tensorflow {

class NodeContext final : public OpContext {
 public:
  // `status` serves all calls of TensorFlow's that are made through this.
  NodeContext(TF_OpKernelContext* context, Device device, const Status& status)
      : OpContext(device), context_(context), status_(status) {}

  Tensor input(int index, const char* name) const override;
  Tensor output(int index, const char* name, DataType type, const Shape& shape) const override;
  // Makes an output of an input, without a copy.
  void forward(int input_index, int output_index) const;

 private:
  Tensor temporary(size_t bytes) const override;
  const char* on_stream(const Launch& launch) const override;

  TF_Tensor* get_input(int index) const;

  TF_OpKernelContext* context_;
  const Status& status_;
};

}  // namespace qutlass::tensorflow
