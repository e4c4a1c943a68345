#include "tensorflow/node_context.h"

#include "tensorflow/stream.h"

namespace qutlass::tensorflow {

TF_Tensor* NodeContext::get_input(int index) const {
  TF_Tensor* tensor = nullptr;
  c_api().GetInput(context_, index, &tensor, status_.get());
  status_.expect_ok();
  return tensor;
}

Tensor NodeContext::input(int index, const char* name) const {
  Tensor input(name, get_input(index));
  expect_indexable(name, input.shape());
  return input;
}

Tensor NodeContext::output(int index, const char* name, DataType type, const Shape& shape) const {
  expect_indexable(name, shape);
  TF_Tensor* tensor = c_api().AllocateOutput(
      context_, index, type, shape.data(), static_cast<int>(shape.size()),
      static_cast<size_t>(element_count(shape)) * bytes_of(type), status_.get());
  status_.expect_ok();
  return Tensor(name, tensor);
}

void NodeContext::forward(int input_index, int output_index) const {
  TF_Tensor* tensor = get_input(input_index);
  const Tensor input("x", tensor);
  c_api().SetOutput(context_, output_index, tensor, status_.get());
  status_.expect_ok();
}

Tensor NodeContext::temporary(size_t bytes) const {
  const int64_t dims[] = {static_cast<int64_t>(bytes)};
  TF_AllocatorAttributes attributes = {sizeof(TF_AllocatorAttributes), 0};
  TF_Tensor* tensor = c_api().AllocateTemp(context_, kUint8, dims, 1, &attributes, status_.get());
  status_.expect_ok();
  return Tensor("workspace", tensor);
}

const char* NodeContext::on_stream(const Launch& launch) const {
  const OrderedStream stream(context_);
  return launch(stream.get());
}

}  // namespace qutlass::tensorflow
