// How a product would be computed, as a JavaScript object; see ProductInfo in src/runtime/addon.ts.
#pragma once

#include <napi.h>

namespace qutlass::addon {

// productInfo({m, n, k, groupSize}, onGpu): {int8, int4, int8Int4, int4Int4}.
Napi::Value product_info(const Napi::CallbackInfo& call);

}  // namespace qutlass::addon
