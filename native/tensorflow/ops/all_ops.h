// The ops, each defined in the file of its name.
#pragma once

#include <vector>

#include "tensorflow/op_registration.h"

namespace qutlass::tensorflow {

OpEntry pack_int4_op();
OpEntry unpack_int4_op();
OpEntry pack_int8_op();
OpEntry unpack_int8_op();
OpEntry hadamard_op();
OpEntry rotate_op();
OpEntry quantize_int8_op();
OpEntry quantize_int4_op();
OpEntry quantize_weight_int8_op();
OpEntry quantize_weight_int4_op();
OpEntry dequantize_int8_op();
OpEntry dequantize_int4_op();
OpEntry matmul_int8_bf16_op();
OpEntry matmul_int4_bf16_op();
OpEntry matmul_int4_bf16_prepacked_op();
OpEntry matmul_int4_int4_bf16_op();
OpEntry linear_int8_op();
OpEntry linear_int8_prepacked_op();
OpEntry prepack_int8_op();
OpEntry prepack_int4_op();
OpEntry prepack_int4_scales_op();
OpEntry unprepack_int8_op();
OpEntry unprepack_int4_op();
OpEntry unprepack_int4_scales_op();
OpEntry linear_int4_op();
OpEntry linear_int8_int4_op();
OpEntry linear_int8_int4_prepacked_op();
OpEntry hold_op();
OpEntry to_device_op();

inline std::vector<OpEntry> all_ops() {
  return {pack_int4_op(),
          unpack_int4_op(),
          pack_int8_op(),
          unpack_int8_op(),
          hadamard_op(),
          rotate_op(),
          quantize_int8_op(),
          quantize_int4_op(),
          quantize_weight_int8_op(),
          quantize_weight_int4_op(),
          dequantize_int8_op(),
          dequantize_int4_op(),
          matmul_int8_bf16_op(),
          matmul_int4_bf16_op(),
          matmul_int4_bf16_prepacked_op(),
          matmul_int4_int4_bf16_op(),
          linear_int8_op(),
          linear_int8_prepacked_op(),
          prepack_int8_op(),
          prepack_int4_op(),
          prepack_int4_scales_op(),
          unprepack_int8_op(),
          unprepack_int4_op(),
          unprepack_int4_scales_op(),
          linear_int4_op(),
          linear_int8_int4_op(),
          linear_int8_int4_prepacked_op(),
          hold_op(),
          to_device_op()};
}

}  // namespace qutlass::tensorflow
