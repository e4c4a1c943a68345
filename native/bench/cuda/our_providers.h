// The providers of this library.
#pragma once

#include "cuda/launch.h"
#include "providers.h"

namespace qutlass::bench {

MatmulInt8Args matmul_int8_args(const Weights& weights, const Activations& x, const Output& y);
LinearInt8Args linear_int8_args(const Weights& weights, const Activations& x, const Output& y);
MatmulInt4Int4Args matmul_int4_int4_args(const Weights& weights, const Activations& x,
                                         const Output& y);
LinearInt4Args linear_int4_args(const Weights& weights, const Activations& x, const Output& y);
MatmulInt4Args matmul_int4_args(const Int4Weights& weights, const Layer& layer,
                                const Activations& x, const Output& y);

Provider matmul_int8_provider(const Weights& weights, const Activations& x, const Output& y);
Provider linear_int8_provider(const Weights& weights, const Activations& x, const Output& y);
Provider matmul_int4_int4_provider(const Weights& weights, const Activations& x, const Output& y);
Provider linear_int4_provider(const Weights& weights, const Activations& x, const Output& y);
Provider matmul_int4_provider(const Int4Weights& weights, const Layer& layer, const Activations& x,
                              const Output& y);
Provider linear_int8_int4_provider(const Int4Weights& weights, const Layer& layer,
                                   const Activations& x, const Output& y);

}  // namespace qutlass::bench
