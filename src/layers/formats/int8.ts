import {
  dispose,
  tidy,
  transpose,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { int8Words, MAX_K_INT8, MAX_K_INT8_ZERO_POINT } from '../../kernels/cpu/layout';
import { dequantizeInt8, linearInt8, quantizeInt8, quantizeWeightInt8 } from '../../ops';
import { valueText } from '../../ops/values';
import type { WeightFormat } from './format';
import { opRotation, rotatedBack } from './rotation';

/** One int8 a weight and one scale an output; inputs are quantized row by row as they come. */
export const int8: WeightFormat = {
  defaults: { symmetric: true },

  invalid({ groupSize, symmetric, method }) {
    if (groupSize !== undefined) {
      return `groupSize is ${valueText(groupSize)}, expected none: int8 weights have one scale an output`;
    }
    return symmetric || method !== 'quest'
      ? null
      : "symmetric is false, expected true: method 'quest' has no zero points";
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

  pack(kernel, { method, rotation }) {
    if (method !== 'quest' && rotation === undefined) {
      const { values, scale } = quantizeWeightInt8(kernel);
      return [values, scale];
    }
    const { values, scale, zero } = tidy(() =>
      quantizeInt8(transpose(kernel), { method, rotation: opRotation(rotation) }),
    );
    dispose(zero);
    return [values, scale];
  },

  product(x, [values, scale], { symmetric, method, rotation }, { bias, activation }): Tensor {
    return linearInt8(x, values as Tensor2D, scale as Tensor1D, {
      ...{ bias, activation, symmetric, method },
      rotation: opRotation(rotation),
    });
  },

  dequantize([values, scale], k, { rotation }) {
    return tidy(() => rotatedBack(dequantizeInt8(values, scale, k), rotation));
  },
};
