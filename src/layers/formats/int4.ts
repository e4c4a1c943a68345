import { dispose, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { groupCount, INT4_PER_WORD, int4Words } from '../../kernels/cpu/layout';
import { dequantizeInt4, matmulInt4Bf16, quantizeWeightInt4 } from '../../ops';
import { valueText } from '../../ops/values';
import type { WeightFormat, WeightSpec } from './format';

/** Half a byte a weight, one scale (and zero point) a group of weights along K. */
export const int4: WeightFormat = {
  defaults: { groupSize: 128, symmetric: false },

  invalid({ groupSize }) {
    const valid = Number.isInteger(groupSize) && groupSize! > 0 && groupSize! % INT4_PER_WORD === 0;
    return valid
      ? null
      : `groupSize is ${valueText(groupSize)}, expected a positive multiple of ${INT4_PER_WORD}`;
  },

  unsupported() {
    return null;
  },

  specs(k, n, { groupSize, symmetric }) {
    const perGroup = [n, groupCount(k, groupSize!)];
    const specs: WeightSpec[] = [
      { name: 'kernel', shape: [n, int4Words(k)], dtype: 'int32' },
      { name: 'scales', shape: perGroup, dtype: 'float32' },
    ];
    return symmetric ? specs : [...specs, { name: 'zeros', shape: perGroup, dtype: 'int32' }];
  },

  pack(kernel, { groupSize, symmetric }) {
    const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize, symmetric });
    if (!symmetric) return [values, scales, zeros];
    dispose(zeros);
    return [values, scales];
  },

  product(x, [values, scales, zeros], { groupSize }, { bias, activation }): Tensor {
    return matmulInt4Bf16(
      x,
      values as Tensor2D,
      scales as Tensor2D,
      (zeros as Tensor2D | undefined) ?? null,
      { groupSize, bias, activation },
    );
  },
  dequantize([values, scales, zeros], k, { groupSize }) {
    return dequantizeInt4(values, scales, zeros ?? null, k, { groupSize });
  },
};
