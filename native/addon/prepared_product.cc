#include "addon/prepared_product.h"

#include <cstring>

#include "addon/direct_context.h"
#include "tensorflow/held_tensors.h"
#include "tensorflow/ops/all_ops.h"

namespace qutlass::addon {
namespace {

using tensorflow::OpEntry;
using tensorflow::OpError;
using tensorflow::Shape;
using tensorflow::Tensor;

// Those that JavaScript names; all others have the defaults of op_registration.h.
class ObjectAttributes final : public tensorflow::Attributes {
 public:
  ObjectAttributes(Napi::Object object, unsigned present) : Attributes(present), object_(object) {}

  int64_t integer(const char* name) const override {
    const Napi::Value value = object_.Get(name);
    return value.IsUndefined() ? 0 : value.As<Napi::Number>().Int64Value();
  }
  bool boolean(const char* name) const override {
    const Napi::Value value = object_.Get(name);
    return !value.IsUndefined() && value.As<Napi::Boolean>().Value();
  }

 private:
  std::string text(const char* name) const override {
    const Napi::Value value = object_.Get(name);
    return value.IsUndefined() ? "linear" : value.As<Napi::String>().Utf8Value();
  }

  Napi::Object object_;
};

std::unique_ptr<tensorflow::AnyOp> make_op(const std::string& name, Napi::Object attributes) {
  for (const OpEntry& op : tensorflow::all_ops()) {
    if (op.make == nullptr) continue;
    for (size_t present = 0; present < op.cpu.size(); ++present) {
      if (op.variant(present) != name) continue;
      return op.make(ObjectAttributes(attributes, static_cast<unsigned>(present)));
    }
  }
  throw OpError("there is no such op that can be called without TensorFlow");
}

Tensor copy_of(Napi::Float32Array values, Napi::Array dims) {
  Shape shape(dims.Length());
  for (uint32_t i = 0; i < dims.Length(); ++i) {
    shape[i] = dims.Get(i).As<Napi::Number>().Int64Value();
  }
  if (tensorflow::element_count(shape) != static_cast<int64_t>(values.ElementLength())) {
    throw OpError("an input of shape " + tensorflow::to_string(shape) + " has " +
                  std::to_string(values.ElementLength()) + " values");
  }
  Tensor copy = tensorflow::allocate_tensor("input", tensorflow::kFloat, shape);
  std::memcpy(copy.data<float>(), values.Data(), values.ByteLength());
  return copy;
}

// x as a matrix of m rows.
Tensor rows_of(Napi::Float32Array x, int64_t m) {
  const auto size = static_cast<int64_t>(x.ElementLength());
  if (m < 1 || size % m != 0) {
    throw OpError("x has " + std::to_string(size) + " values, expected " + std::to_string(m) +
                  " rows of them");
  }
  return {"x", tensorflow::kFloat, {m, size / m}, x.Data(), tensorflow::no_owner()};
}

// What `body` throws, as an error of JavaScript's that has the op's name.
template <typename Body>
auto with_js_errors(Napi::Env env, const std::string& op, Body body) {
  try {
    return body();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, tensorflow::user_name(op.c_str()) + ": " + error.what());
  }
}

}  // namespace

Napi::Function PreparedProduct::define(Napi::Env env) {
  return DefineClass(env, "PreparedProduct",
                     {InstanceMethod<&PreparedProduct::hold>("hold"),
                      InstanceMethod<&PreparedProduct::copy>("copy"),
                      InstanceMethod<&PreparedProduct::multiply>("multiply"),
                      InstanceMethod<&PreparedProduct::dispose>("dispose")});
}

PreparedProduct::PreparedProduct(const Napi::CallbackInfo& call)
    : ObjectWrap(call), name_(call[0].As<Napi::String>().Utf8Value()) {
  with_js_errors(call.Env(), name_, [&] { op_ = make_op(name_, call[1].As<Napi::Object>()); });
}

void PreparedProduct::hold(const Napi::CallbackInfo& call) {
  with_js_errors(call.Env(), name_, [&] {
    others_.push_back(tensorflow::take_held(call[0].As<Napi::Number>().Int32Value()));
  });
}

void PreparedProduct::copy(const Napi::CallbackInfo& call) {
  with_js_errors(call.Env(), name_, [&] {
    others_.push_back(copy_of(call[0].As<Napi::Float32Array>(), call[1].As<Napi::Array>()));
  });
}

Napi::Value PreparedProduct::multiply(const Napi::CallbackInfo& call) {
  return with_js_errors(call.Env(), name_, [&]() -> Napi::Value {
    if (op_ == nullptr) throw OpError("this product was disposed of");
    const int64_t m = call[1].As<Napi::Number>().Int64Value();
    const DirectContext context(call.Env(), rows_of(call[0].As<Napi::Float32Array>(), m), others_);
    op_->compute(context);
    return context.result();
  });
}

void PreparedProduct::dispose(const Napi::CallbackInfo&) {
  op_.reset();
  others_.clear();
}

}  // namespace qutlass::addon
