#include "tensorflow/cuda_driver.h"

#include <dlfcn.h>

namespace qutlass::tensorflow {
namespace {

template <typename Function>
bool bind(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

bool bind_all(CudaDriver* driver) {
  void* library = dlopen("libcuda.so.1", RTLD_LAZY);
  if (library == nullptr) return false;
  bool complete = true;
#define QUTLASS_BIND(member, name, parameters) complete &= bind(library, name, &driver->member);
#define QUTLASS_BIND_OPTIONAL(member, name, parameters) bind(library, name, &driver->member);
  QUTLASS_CUDA_DRIVER_FUNCTIONS(QUTLASS_BIND)
  QUTLASS_CUDA_DRIVER_OPTIONAL_FUNCTIONS(QUTLASS_BIND_OPTIONAL)
#undef QUTLASS_BIND
#undef QUTLASS_BIND_OPTIONAL
  return complete;
}

}  // namespace

const CudaDriver* cuda_driver() {
  static CudaDriver driver = {};
  static const bool bound = bind_all(&driver);
  return bound ? &driver : nullptr;
}

}  // namespace qutlass::tensorflow
