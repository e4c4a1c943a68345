import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { int8Words, MAX_K_INT8, MAX_K_INT8_ZERO_POINT } from '../../kernels/cpu/layout';
import { dequantizeInt8, linearInt8, quantizeWeightInt8 } from '../../ops';
import { valueText } from '../../ops/values';
import type { WeightFormat } from './format';

/** One int8 a weight and one scale an output; inputs are quantized row by row as they come. */
export const int8: WeightFormat = {
  defaults: { symmetric: true },

  invalid({ groupSize }) {
    return groupSize === undefined
      ? null
      : `groupSize is ${valueText(groupSize)}, expected none: int8 weights have one scale an output`;
  },

  unsupported(k, { symmetric }) {
    const limit = symmetric ? MAX_K_INT8 : MAX_K_INT8_ZERO_POINT;
    return k <= limit ? null : `K is ${k}, and int8 products are exact only up to ${limit}`;
  },

  specs(k, n) {
    return [
      { name: 'kernel', shape: [n, int8Words(k)], dtype: 'int32' },
      { name: 'scale', shape: [n], dtype: 'float32' },
    ];
  },

  pack(kernel) {
    const { values, scale } = quantizeWeightInt8(kernel);
    return [values, scale];
  },

  product(x, [values, scale], { symmetric }, { bias, activation }): Tensor {
    return linearInt8(x, values as Tensor2D, scale as Tensor1D, { bias, activation, symmetric });
  },
  dequantize([values, scale], k) {
    return dequantizeInt8(values, scale, k);
  },
};
