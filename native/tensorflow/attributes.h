// The attributes of an op, while it is made.
#pragma once

#include <cstdint>
#include <string>

#include "qutlass/numerics.h"
#include "tensorflow/c_api.h"

namespace qutlass::tensorflow {

class Attributes {
 public:
  virtual ~Attributes() = default;
  virtual int64_t integer(const char* name) const = 0;
  virtual bool boolean(const char* name) const = 0;
  Activation activation() const;
  bool has_optional_input(int index) const { return (present_ >> index & 1) != 0; }

 protected:
  // Bit i of `present` says that the op's optional input i is there.
  explicit Attributes(unsigned present) : present_(present) {}
  virtual std::string text(const char* name) const = 0;

 private:
  unsigned present_;
};

// Those of a node of TensorFlow's.
class NodeAttributes final : public Attributes {
 public:
  NodeAttributes(TF_OpKernelConstruction* construction, unsigned present)
      : Attributes(present), construction_(construction) {}
  int64_t integer(const char* name) const override;
  bool boolean(const char* name) const override;

 private:
  std::string text(const char* name) const override;

  TF_OpKernelConstruction* construction_;
};

}  // namespace qutlass::tensorflow
