#include "tensorflow/c_api.h"

#include <dlfcn.h>

#include <initializer_list>
#include <mutex>

namespace qutlass::tensorflow {
namespace {

constexpr char kEigenGpuDevice[] =
    "_ZNK10tensorflow15OpKernelContext12eigen_deviceIN5Eigen9GpuDeviceEEERKT_v";

// The handle of a library that is already in the process; never loads one.
void* loaded_library(std::initializer_list<const char*> names, std::vector<BindAttempt>* attempts) {
  for (const char* name : names) {
    if (void* handle = dlopen(name, RTLD_NOLOAD | RTLD_LAZY)) return handle;
    attempts->push_back({name, "not loaded in this process"});
  }
  return nullptr;
}

std::string path_of(const void* symbol) {
  Dl_info info;
  return dladdr(symbol, &info) != 0 && info.dli_fname != nullptr ? info.dli_fname : "";
}

template <typename Function>
bool bind(void* library, const char* name, Function* function, std::vector<BindAttempt>* attempts) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  if (*function == nullptr) attempts->push_back({name, dlerror()});
  return *function != nullptr;
}

bool bind_all(void* framework, void* library, CApi* api, std::vector<BindAttempt>* attempts) {
  bool complete = true;
#define QUTLASS_BIND_FRAMEWORK(result, name, parameters) \
  complete &= bind(framework, "TF_" #name, &api->name, attempts);
#define QUTLASS_BIND_LIBRARY(result, name, parameters) \
  complete &= bind(library, "TF_" #name, &api->name, attempts);
  QUTLASS_FRAMEWORK_FUNCTIONS(QUTLASS_BIND_FRAMEWORK)
  QUTLASS_LIBRARY_FUNCTIONS(QUTLASS_BIND_LIBRARY)
#undef QUTLASS_BIND_FRAMEWORK
#undef QUTLASS_BIND_LIBRARY
  return complete;
}

CApi bound_api;
bool is_bound = false;
std::mutex bind_mutex;

}  // namespace

const CApi* bind_c_api(std::vector<BindAttempt>* attempts) {
  std::lock_guard<std::mutex> lock(bind_mutex);
  if (is_bound) return &bound_api;
  void* framework = loaded_library({"libtensorflow_framework.so.2"}, attempts);
  void* library = loaded_library({"libtensorflow_cc.so.2", "libtensorflow.so.2"}, attempts);
  if (framework == nullptr || library == nullptr) return nullptr;
  if (!bind_all(framework, library, &bound_api, attempts)) return nullptr;
  bound_api.eigen_gpu_device = reinterpret_cast<const void* (*)(const TF_OpKernelContext*)>(
      dlsym(framework, kEigenGpuDevice));
  bound_api.framework_path = path_of(reinterpret_cast<const void*>(bound_api.NewKernelBuilder));
  bound_api.library_path = path_of(reinterpret_cast<const void*>(bound_api.Version));
  is_bound = true;
  return &bound_api;
}

const CApi& c_api() { return bound_api; }

}  // namespace qutlass::tensorflow
