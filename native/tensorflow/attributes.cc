#include "tensorflow/attributes.h"

#include "tensorflow/status.h"

namespace qutlass::tensorflow {

Activation Attributes::activation() const {
  const std::string name = text("activation");
  if (name == "linear") return Activation::kLinear;
  if (name == "relu") return Activation::kRelu;
  if (name == "relu6") return Activation::kRelu6;
  throw OpError("activation is '" + name + "', expected 'linear', 'relu' or 'relu6'");
}

int64_t NodeAttributes::integer(const char* name) const {
  const Status status;
  int64_t value = 0;
  c_api().OpKernelConstruction_GetAttrInt64(construction_, name, &value, status.get());
  status.expect_ok();
  return value;
}

bool NodeAttributes::boolean(const char* name) const {
  const Status status;
  unsigned char value = 0;
  c_api().OpKernelConstruction_GetAttrBool(construction_, name, &value, status.get());
  status.expect_ok();
  return value != 0;
}

std::string NodeAttributes::text(const char* name) const {
  const Status status;
  char value[16] = {};  // longer than any value that an op's definition allows; zero-terminated
  c_api().OpKernelConstruction_GetAttrString(construction_, name, value, sizeof value - 1,
                                             status.get());
  status.expect_ok();
  return value;
}

}  // namespace qutlass::tensorflow
