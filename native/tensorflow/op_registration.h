// From a class to a TensorFlow op: its definition, and one kernel a device.
//
// An op is a class that is made from a node's Attributes and has
//     static constexpr char kName[];
//     void compute(const OpContext& context) const;
// Each file of ops/ has one, and exports it as an OpEntry; ops/all_ops.cc lists them.
#pragma once

#include <string>
#include <vector>

#include "tensorflow/op_context.h"
#include "tensorflow/status.h"

namespace qutlass::tensorflow {

// In the syntax of TensorFlow's op definitions, e.g. "x: float", "k: int". The default of a bool is
// false and that of an activation 'linear', which callers then leave out
// (src/kernels/tensorflow/backend.ts).
struct OpDefinition {
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
};

// The functions that TF_NewKernelBuilder takes.
struct KernelFunctions {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

struct OpEntry {
  const char* name;
  OpDefinition definition;
  KernelFunctions cpu;
  KernelFunctions gpu;
};

// What users call an op: "packInt4" for QutlassPackInt4.
std::string user_name(const char* op);

// Runs `body`; what it throws ends in `status`, with the op's name before it. No exception crosses
// the boundary to TensorFlow.
template <typename Body>
bool succeeds(const char* op, const Status& status, Body body) {
  try {
    body();
    return true;
  } catch (const OpError& error) {
    status.set(error.code, user_name(op) + ": " + error.what());
  } catch (const std::exception& error) {
    status.set(kInternal, user_name(op) + ": " + error.what());
  }
  return false;
}

template <typename Op, Device kDevice>
struct Boundary {
  static void* create(TF_OpKernelConstruction* construction) {
    const Status status;
    Op* op = nullptr;
    if (!succeeds(Op::kName, status, [&] { op = new Op(Attributes(construction)); })) {
      c_api().OpKernelConstruction_Failure(construction, status.get());
    }
    return op;
  }

  static void compute(void* op, TF_OpKernelContext* context) {
    const Status status;
    const auto body = [&] { static_cast<const Op*>(op)->compute(OpContext(context, kDevice)); };
    if (!succeeds(Op::kName, status, body)) {
      c_api().OpKernelContext_Failure(context, status.get());
    }
  }

  static void destroy(void* op) { delete static_cast<Op*>(op); }

  static constexpr KernelFunctions functions() { return {create, compute, destroy}; }
};

template <typename Op>
OpEntry make_op(OpDefinition definition) {
  return {Op::kName, std::move(definition), Boundary<Op, Device::kCpu>::functions(),
          Boundary<Op, Device::kGpu>::functions()};
}

// Registers the op and its kernels, unless the process has it already (a second copy of the addon,
// or a second thread). Throws OpError.
void register_op(const OpEntry& op);

}  // namespace qutlass::tensorflow
