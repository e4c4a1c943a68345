#include "tensorflow/op_registration.h"

#include <cctype>

namespace qutlass::tensorflow {
namespace {

#ifdef QUTLASS_CUDA
constexpr bool kHasCuda = true;
#else
constexpr bool kHasCuda = false;
#endif

// TensorFlow ends the process when an op is defined twice, so it is asked first.
bool is_registered(const char* name) {
  const Status status;
  TF_Buffer* kernels = c_api().GetRegisteredKernelsForOp(name, status.get());
  status.expect_ok();
  const bool found = kernels->length > 0;
  c_api().DeleteBuffer(kernels);
  return found;
}

// Shapes are known when a kernel has run: tfjs executes eagerly and builds no graphs.
void unknown_shape(TF_ShapeInferenceContext* context, TF_Status* status) {
  c_api().ShapeInferenceContextSetUnknownShape(context, status);
}

void define(const char* name, const OpDefinition& definition) {
  const Status status;
  TF_OpDefinitionBuilder* builder = c_api().NewOpDefinitionBuilder(name);
  for (const char* input : definition.inputs) c_api().OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : definition.outputs) {
    c_api().OpDefinitionBuilderAddOutput(builder, output);
  }
  for (const char* attribute : definition.attributes) {
    c_api().OpDefinitionBuilderAddAttr(builder, attribute);
  }
  c_api().OpDefinitionBuilderSetShapeInferenceFunction(builder, unknown_shape);
  c_api().RegisterOpDefinition(builder, status.get());
  status.expect_ok();
}

void register_kernel(const char* op, const char* device, const KernelFunctions& functions) {
  const Status status;
  TF_KernelBuilder* builder =
      c_api().NewKernelBuilder(op, device, functions.create, functions.compute, functions.destroy);
  c_api().RegisterKernelBuilder((std::string(op) + device).c_str(), builder, status.get());
  status.expect_ok();
}

}  // namespace

std::string user_name(const char* op) {
  std::string name = std::string(op).substr(sizeof "Qutlass" - 1);
  name[0] = static_cast<char>(std::tolower(name[0]));
  return name;
}

void register_op(const OpEntry& op) {
  if (is_registered(op.name)) return;
  define(op.name, op.definition);
  register_kernel(op.name, "CPU", op.cpu);
  if (kHasCuda) register_kernel(op.name, "GPU", op.gpu);
}

}  // namespace qutlass::tensorflow
