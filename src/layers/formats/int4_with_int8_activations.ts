import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { MAX_GROUP_INT8_INT4 } from '../../kernels/cpu/layout';
import { linearInt8Int4 } from '../../ops';
import type { WeightFormat } from './format';
import { int4, invalidGroupSize } from './int4';
import { opRotation } from './rotation';

/** Weights as with bf16 activations; inputs are quantized to int8 row by row as they come. */
export const int4WithInt8Activations: WeightFormat = {
  ...int4,

  invalid({ groupSize }) {
    return invalidGroupSize(groupSize);
  },

  unsupported(k, { groupSize }) {
    const largest = Math.min(k, groupSize!);
    return largest <= MAX_GROUP_INT8_INT4
      ? null
      : `groups are of ${largest}, and sums of int8 times int4 are exact only up to ${MAX_GROUP_INT8_INT4}`;
  },

  product(x, [values, scales, zeros], quantization, { bias, activation }): Tensor {
    const { groupSize, method, rotation } = quantization;
    return linearInt8Int4(
      x,
      values as Tensor2D,
      scales as Tensor2D,
      (zeros as Tensor2D | undefined) ?? null,
      { groupSize, bias, activation, method, rotation: opRotation(rotation) },
    );
  },
};
