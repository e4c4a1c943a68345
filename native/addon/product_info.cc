#include "addon/product_info.h"

#include "cpu/kernels.h"
#ifdef QUTLASS_CUDA
#include "cuda/launch.h"
#endif

namespace qutlass::addon {
namespace {

MatmulInt8Args int8_product(int64_t m, int64_t n, int64_t k) {
  MatmulInt8Args args = {};
  args.m = m;
  args.n = n;
  args.words = int8_words(k);
  return args;
}

MatmulInt4Args int4_product(int64_t m, int64_t n, int64_t k, int64_t group_size) {
  MatmulInt4Args args = {};
  args.m = m;
  args.n = n;
  args.k = k;
  args.group_size = group_size;
  return args;
}

MatmulInt4Int4Args int4_int4_product(int64_t m, int64_t n, int64_t k) {
  MatmulInt4Int4Args args = {};
  args.m = m;
  args.n = n;
  args.words = int4_words(k);
  return args;
}

LinearInt8Int4Args int8_int4_product(int64_t m, int64_t n, int64_t k, int64_t group_size) {
  LinearInt8Int4Args args = {};
  args.m = m;
  args.n = n;
  args.k = k;
  args.group_size = group_size;
  return args;
}

#ifdef QUTLASS_CUDA
template <class Args>
std::string cuda_configuration(const Args& args) {
  return cuda::configuration(args);
}

// Once x is quantized, an int4 product of its integers.
std::string cuda_configuration(const LinearInt8Int4Args& args) {
  return cuda::configuration(int4_product(args.m, args.n, args.k, args.group_size));
}
#endif

template <class Args>
Napi::Object describe(Napi::Env env, const Args& args, bool on_gpu) {
  std::string configuration = cpu::isa_name();
  size_t workspace_bytes = cpu::workspace_bytes(args);
#ifdef QUTLASS_CUDA
  if (on_gpu) {
    configuration = cuda_configuration(args);
    workspace_bytes = cuda::workspace_bytes(args);
  }
#else
  static_cast<void>(on_gpu);
#endif
  Napi::Object info = Napi::Object::New(env);
  info["configuration"] = Napi::String::New(env, configuration);
  info["workspaceBytes"] = Napi::Number::New(env, static_cast<double>(workspace_bytes));
  return info;
}

}  // namespace

Napi::Value product_info(const Napi::CallbackInfo& call) {
  const Napi::Object shape = call[0].As<Napi::Object>();
  const auto size = [&](const char* name) {
    return shape.Get(name).As<Napi::Number>().Int64Value();
  };
  const bool on_gpu = call[1].As<Napi::Boolean>().Value();
  const int64_t m = size("m");
  const int64_t n = size("n");
  const int64_t k = size("k");
  Napi::Object info = Napi::Object::New(call.Env());
  info["int8"] = describe(call.Env(), int8_product(m, n, k), on_gpu);
  info["int4"] = describe(call.Env(), int4_product(m, n, k, size("groupSize")), on_gpu);
  info["int8Int4"] = describe(call.Env(), int8_int4_product(m, n, k, size("groupSize")), on_gpu);
  info["int4Int4"] = describe(call.Env(), int4_int4_product(m, n, k), on_gpu);
  return info;
}

}  // namespace qutlass::addon
