// The addon: registers the ops with TensorFlow, describes the machine, and makes small products
// without TensorFlow. All other tensors pass it by: tfjs calls the ops through TensorFlow.
#include <napi.h>

#include <mutex>

#include "addon/device_info.h"
#include "addon/prepared_product.h"
#include "addon/product_info.h"
#include "tensorflow/c_api.h"
#include "tensorflow/op_registration.h"
#include "tensorflow/ops/all_ops.h"

namespace qutlass::addon {
namespace {

std::string failure(const std::vector<tensorflow::BindAttempt>& attempts) {
  std::string message = "TensorFlow's C API cannot be bound:";
  for (const tensorflow::BindAttempt& attempt : attempts) {
    message += "\n  " + attempt.name + ": " + attempt.reason;
  }
  return message;
}

Napi::Array register_all_ops(Napi::Env env) {
  static std::mutex mutex;  // worker threads may load the addon at the same time
  std::lock_guard<std::mutex> lock(mutex);
  Napi::Array names = Napi::Array::New(env);
  for (const tensorflow::OpEntry& op : tensorflow::all_ops()) {
    tensorflow::register_op(op);
    names[names.Length()] = Napi::String::New(env, op.name);
  }
  return names;
}

// register(): {tensorflowVersion, frameworkPath, libraryPath, kernels}. Throws where no
// libtensorflow is loaded. Calling it again is harmless.
Napi::Value register_ops(const Napi::CallbackInfo& call) {
  const Napi::Env env = call.Env();
  std::vector<tensorflow::BindAttempt> attempts;
  const tensorflow::CApi* api = tensorflow::bind_c_api(&attempts);
  if (api == nullptr) throw Napi::Error::New(env, failure(attempts));
  Napi::Object result = Napi::Object::New(env);
  try {
    result["kernels"] = register_all_ops(env);
  } catch (const tensorflow::OpError& error) {
    throw Napi::Error::New(env, error.what());
  }
  result["tensorflowVersion"] = Napi::String::New(env, api->Version());
  result["frameworkPath"] = Napi::String::New(env, api->framework_path);
  result["libraryPath"] = Napi::String::New(env, api->library_path);
  return result;
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports["register"] = Napi::Function::New(env, register_ops, "register");
  exports["deviceInfo"] = Napi::Function::New(
      env, [](const Napi::CallbackInfo& call) -> Napi::Value { return device_info(call.Env()); },
      "deviceInfo");
  exports["PreparedProduct"] = PreparedProduct::define(env);
  exports["productInfo"] = Napi::Function::New(env, product_info, "productInfo");
  return exports;
}

}  // namespace
}  // namespace qutlass::addon

static Napi::Object Init(Napi::Env env, Napi::Object exports) {
  return qutlass::addon::init(env, exports);
}
NODE_API_MODULE(qutlass, Init)
