/** The ops, as they are found under `tf.qutlass`. */
export { dequantizeInt4 } from './dequantize_int4';
export { dequantizeInt8 } from './dequantize_int8';
export { fakeQuantize } from './fake_quantize';
export { linearInt8 } from './linear_int8';
export { matmulInt4Bf16 } from './matmul_int4_bf16';
export { matmulInt8Bf16 } from './matmul_int8_bf16';
export { packInt4 } from './pack_int4';
export { packInt8 } from './pack_int8';
export { quantizeInt8 } from './quantize_int8';
export { quantizeWeightInt4 } from './quantize_weight_int4';
export { quantizeWeightInt8 } from './quantize_weight_int8';
export type * from './types';
export { unpackInt4 } from './unpack_int4';
export { unpackInt8 } from './unpack_int8';
