// From a class to a TensorFlow op: its definition, and one kernel a device.
//
// An op is a class that is made from a node's Attributes and has
//     static constexpr char kName[];
//     void compute(const OpContext& context) const;
// Each file of ops/ has one, and exports it as an OpEntry; ops/all_ops.h lists them. TensorFlow
// calls it, and some of them JavaScript, too (addon/prepared_product.h).
//
// An op with inputs that may be absent is registered once for every set of them that can be there:
// QutlassLinearInt8 and QutlassLinearInt8Bias. TensorFlow has no other way that is free of cost:
// an attribute that says so takes 2 to 3 us a call, and a tensor in the place of the absent 1 us.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tensorflow/attributes.h"
#include "tensorflow/node_context.h"
#include "tensorflow/status.h"

namespace qutlass::tensorflow {

// In the syntax of TensorFlow's op definitions, e.g. "x: float", "k: int". The default of an int is
// 0, that of a bool false and that of an activation 'linear', where there is one; callers then
// leave it out (src/kernels/tensorflow/backend.ts).
struct OpDefinition {
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
};

// An input that may be absent. Those that are there follow the others, in order, and their suffixes
// the op's name.
struct OptionalInput {
  const char* suffix;
  const char* specification;
};

// The functions that TF_NewKernelBuilder takes.
struct KernelFunctions {
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

// An op of a class that its caller need not know.
class AnyOp {
 public:
  virtual ~AnyOp() = default;
  virtual void compute(const OpContext& context) const = 0;
};

// `cpu` and `gpu` have one member for each set of optional inputs: bit i of its index says that
// optional input i is there. Without kernels for the GPU, `gpu` is empty. `make` is null where only
// TensorFlow calls the op.
struct OpEntry {
  const char* name;
  OpDefinition definition;
  std::vector<OptionalInput> optional_inputs;
  std::vector<KernelFunctions> cpu;
  std::vector<KernelFunctions> gpu;
  std::unique_ptr<AnyOp> (*make)(const Attributes&);

  // The op's name with the set `present` of optional inputs.
  std::string variant(size_t present) const;
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

template <typename Op, Device kDevice, unsigned kPresent>
struct Boundary {
  static void* create(TF_OpKernelConstruction* construction) {
    const Status status;
    Op* op = nullptr;
    if (!succeeds(Op::kName, status,
                  [&] { op = new Op(NodeAttributes(construction, kPresent)); })) {
      c_api().OpKernelConstruction_Failure(construction, status.get());
    }
    return op;
  }

  static void compute(void* op, TF_OpKernelContext* context) {
    const Status status;
    const auto body = [&] {
      static_cast<const Op*>(op)->compute(NodeContext(context, kDevice, status));
    };
    if (!succeeds(Op::kName, status, body)) {
      c_api().OpKernelContext_Failure(context, status.get());
    }
  }

  static void destroy(void* op) { delete static_cast<Op*>(op); }

  static constexpr KernelFunctions functions() { return {create, compute, destroy}; }
};

template <typename Op, Device kDevice, size_t... kPresent>
std::vector<KernelFunctions> functions_of(std::index_sequence<kPresent...>) {
  return {Boundary<Op, kDevice, kPresent>::functions()...};
}

// For the CPU alone.
template <typename Op, typename... Optional>
OpEntry make_cpu_op(OpDefinition definition, Optional... optional_inputs) {
  constexpr auto kSets = std::make_index_sequence<size_t{1} << sizeof...(Optional)>();
  return {Op::kName,
          std::move(definition),
          {optional_inputs...},
          functions_of<Op, Device::kCpu>(kSets),
          {},
          nullptr};
}

// For the CPU alone, and for callers other than TensorFlow as well.
template <typename Op, typename... Optional>
OpEntry make_callable_op(OpDefinition definition, Optional... optional_inputs) {
  struct Callable final : AnyOp {
    explicit Callable(const Attributes& attributes) : op(attributes) {}
    void compute(const OpContext& context) const override { op.compute(context); }
    Op op;
  };
  OpEntry entry = make_cpu_op<Op>(std::move(definition), optional_inputs...);
  entry.make = [](const Attributes& attributes) -> std::unique_ptr<AnyOp> {
    return std::make_unique<Callable>(attributes);
  };
  return entry;
}

template <typename Op, typename... Optional>
OpEntry make_op(OpDefinition definition, Optional... optional_inputs) {
  constexpr auto kSets = std::make_index_sequence<size_t{1} << sizeof...(Optional)>();
  OpEntry op = make_cpu_op<Op>(std::move(definition), optional_inputs...);
  op.gpu = functions_of<Op, Device::kGpu>(kSets);
  return op;
}

// Registers the op and its kernels, unless the process has them already (a second copy of the
// addon, or a second thread). Throws OpError.
void register_op(const OpEntry& op);

}  // namespace qutlass::tensorflow
