import {
  expandDims,
  tidy,
  transpose,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { int4Words, MAX_K_INT4_INT4 } from '../../kernels/cpu/layout';
import { dequantizeInt4, linearInt4, quantizeInt4 } from '../../ops';
import { valueText } from '../../ops/values';
import type { WeightFormat } from './format';
import { opRotation, rotatedBack } from './rotation';

/** Half a byte a weight and one scale an output; inputs are quantized to int4 as they come. */
export const int4Activations: WeightFormat = {
  defaults: { symmetric: true },

  invalid({ groupSize, symmetric }) {
    if (groupSize !== undefined) {
      return (
        `groupSize is ${valueText(groupSize)}, expected none: with int4 activations, int4 ` +
        'weights have one scale an output'
      );
    }
    return symmetric
      ? null
      : 'symmetric is false, expected true: int4 activations have no zero points';
  },

  unsupported(k) {
    return k <= MAX_K_INT4_INT4
      ? null
      : `K is ${k}, and products of int4 with int4 are exact only up to ${MAX_K_INT4_INT4}`;
  },

  specs(k, n) {
    return [
      { name: 'kernel', shape: [n, int4Words(k)], dtype: 'int32' },
      { name: 'scale', shape: [n], dtype: 'float32' },
    ];
  },

  pack(kernel, { method, rotation }) {
    const { values, scale } = tidy(() =>
      quantizeInt4(transpose(kernel), { method, rotation: opRotation(rotation) }),
    );
    return [values, scale];
  },

  product(x, [values, scale], { method, rotation }, { bias, activation }): Tensor {
    return linearInt4(x, values as Tensor2D, scale as Tensor1D, {
      ...{ bias, activation, method },
      rotation: opRotation(rotation),
    });
  },

  dequantize([values, scale], k, { rotation }) {
    return tidy(() => rotatedBack(rowsOf(values, scale, k), rotation));
  },
};

/** Rows with one scale each. */
function rowsOf(values: Tensor, scale: Tensor, k: number): Tensor {
  return dequantizeInt4(values, expandDims(scale, -1), null, k);
}
