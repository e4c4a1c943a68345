// What the kernels run on, as a JavaScript object; see DeviceInfo in src/runtime/addon.ts.
#pragma once

#include <napi.h>

namespace qutlass::addon {

Napi::Object device_info(Napi::Env env);

}  // namespace qutlass::addon
