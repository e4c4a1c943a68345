#include "addon/device_info.h"

#include "cpu/kernels.h"
#include "tensorflow/cuda_driver.h"
#include "tensorflow/stream.h"

namespace qutlass::addon {
namespace {

// Of the driver's CUdevice_attribute.
constexpr int kComputeCapabilityMajor = 75;
constexpr int kComputeCapabilityMinor = 76;

Napi::Object cpu_info(Napi::Env env) {
  Napi::Object cpu = Napi::Object::New(env);
  cpu["isa"] = Napi::String::New(env, cpu::isa_name());
  cpu["isaReason"] = Napi::String::New(env, cpu::isa_reason());
  cpu["threads"] = Napi::Number::New(env, cpu::thread_count());
  return cpu;
}

// What the CUDA kernels were compiled with and for; null in a build without them.
Napi::Value cuda_build(Napi::Env env) {
#ifdef QUTLASS_CUDA
  Napi::Object build = Napi::Object::New(env);
  build["toolkit"] = Napi::String::New(env, QUTLASS_CUDA_TOOLKIT);
  build["architectures"] = Napi::String::New(env, QUTLASS_CUDA_ARCHITECTURES);
  return build;
#else
  return env.Null();
#endif
}

Napi::Object gpu_info(Napi::Env env, const tensorflow::CudaDriver& driver, int ordinal) {
  tensorflow::CudaDevice device = 0;
  char name[256] = "";
  size_t bytes = 0;
  int major = 0;
  int minor = 0;
  driver.device_get(&device, ordinal);
  driver.device_name(name, sizeof name, device);
  driver.device_memory(&bytes, device);
  driver.device_attribute(&major, kComputeCapabilityMajor, device);
  driver.device_attribute(&minor, kComputeCapabilityMinor, device);
  Napi::Object gpu = Napi::Object::New(env);
  gpu["name"] = Napi::String::New(env, name);
  gpu["memoryBytes"] = Napi::Number::New(env, static_cast<double>(bytes));
  gpu["computeCapability"] =
      Napi::String::New(env, std::to_string(major) + "." + std::to_string(minor));
  return gpu;
}

// Asks the driver and makes no context: a look costs no memory on the GPU.
void add_gpus(Napi::Env env, Napi::Object* info) {
  Napi::Array gpus = Napi::Array::New(env);
  (*info)["gpus"] = gpus;
  (*info)["driverVersion"] = env.Null();
  const tensorflow::CudaDriver* driver = tensorflow::cuda_driver();
  int version = 0;
  int count = 0;
  if (driver == nullptr || driver->init(0) != 0) return;
  if (driver->driver_version(&version) == 0) {
    const std::string text =
        std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
    (*info)["driverVersion"] = Napi::String::New(env, text);
  }
  driver->device_count(&count);
  for (int i = 0; i < count; ++i) gpus[static_cast<uint32_t>(i)] = gpu_info(env, *driver, i);
}

}  // namespace

Napi::Object device_info(Napi::Env env) {
  Napi::Object info = Napi::Object::New(env);
  info["cpu"] = cpu_info(env);
  info["cuda"] = cuda_build(env);
  add_gpus(env, &info);
  info["stream"] = Napi::String::New(env, tensorflow::stream_description());
  return info;
}

}  // namespace qutlass::addon
