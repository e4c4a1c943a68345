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
bool is_registered(const std::string& name) {
  const Status status;
  TF_Buffer* kernels = c_api().GetRegisteredKernelsForOp(name.c_str(), status.get());
  status.expect_ok();
  const bool found = kernels->length > 0;
  c_api().DeleteBuffer(kernels);
  return found;
}

// Shapes are known when a kernel has run: tfjs executes eagerly and builds no graphs.
void unknown_shape(TF_ShapeInferenceContext* context, TF_Status* status) {
  c_api().ShapeInferenceContextSetUnknownShape(context, status);
}

OpDefinition definition_of(const OpEntry& op, size_t present) {
  OpDefinition definition = op.definition;
  for (size_t i = 0; i < op.optional_inputs.size(); ++i) {
    if ((present >> i & 1) != 0) {
      definition.inputs.push_back(op.optional_inputs[i].specification);
    }
  }
  return definition;
}

void define(const std::string& name, const OpDefinition& definition) {
  const Status status;
  TF_OpDefinitionBuilder* builder = c_api().NewOpDefinitionBuilder(name.c_str());
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

void register_kernel(const std::string& op, const char* device, const KernelFunctions& functions) {
  const Status status;
  TF_KernelBuilder* builder = c_api().NewKernelBuilder(op.c_str(), device, functions.create,
                                                       functions.compute, functions.destroy);
  c_api().RegisterKernelBuilder((op + device).c_str(), builder, status.get());
  status.expect_ok();
}

}  // namespace

std::string user_name(const char* op) {
  std::string name = std::string(op).substr(sizeof "Qutlass" - 1);
  name[0] = static_cast<char>(std::tolower(name[0]));
  return name;
}

std::string OpEntry::variant(size_t present) const {
  std::string variant = name;
  for (size_t i = 0; i < optional_inputs.size(); ++i) {
    if ((present >> i & 1) != 0) variant += optional_inputs[i].suffix;
  }
  return variant;
}

void register_op(const OpEntry& op) {
  for (size_t present = 0; present < op.cpu.size(); ++present) {
    const std::string name = op.variant(present);
    if (is_registered(name)) continue;
    define(name, definition_of(op, present));
    register_kernel(name, "CPU", op.cpu[present]);
    if (kHasCuda && !op.gpu.empty()) register_kernel(name, "GPU", op.gpu[present]);
  }
}

}  // namespace qutlass::tensorflow
