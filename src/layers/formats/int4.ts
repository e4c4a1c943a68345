import { dispose, tidy, transpose, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { groupCount, INT4_PER_WORD, int4Words } from '../../kernels/cpu/layout';
import { dequantizeInt4, matmulInt4Bf16, quantizeWeightInt4 } from '../../ops';
import { valueText } from '../../ops/values';
import type { WeightFormat, WeightSpec } from './format';
import { rotated, rotatedBack, type LayerRotation } from './rotation';

/** Half a byte a weight, one scale (and zero point) a group of weights along K. */
export const int4: WeightFormat = {
  defaults: { groupSize: 128, symmetric: false },

  invalid({ groupSize, method }) {
    if (method !== 'quest') return invalidGroupSize(groupSize);
    return "method is 'quest', expected 'abs_max': with bf16 activations, no row is quantized as it comes";
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

  pack(kernel, { groupSize, symmetric, rotation }) {
    const { values, scales, zeros } = tidy(() =>
      quantizeWeightInt4(rotatedKernel(kernel, rotation), { groupSize, symmetric }),
    );
    if (!symmetric) return [values, scales, zeros];
    dispose(zeros);
    return [values, scales];
  },

  product(x, [values, scales, zeros], { groupSize, rotation }, { bias, activation }): Tensor {
    return tidy(() =>
      matmulInt4Bf16(
        rotated(x, rotation),
        values as Tensor2D,
        scales as Tensor2D,
        (zeros as Tensor2D | undefined) ?? null,
        { groupSize, bias, activation },
      ),
    );
  },

  dequantize([values, scales, zeros], k, { groupSize, rotation }) {
    return tidy(() =>
      rotatedBack(dequantizeInt4(values, scales, zeros ?? null, k, { groupSize }), rotation),
    );
  },
};

/** Why groups of weights cannot have this size, or null where they can. */
export function invalidGroupSize(groupSize: number | undefined): string | null {
  const valid = Number.isInteger(groupSize) && groupSize! > 0 && groupSize! % INT4_PER_WORD === 0;
  return valid
    ? null
    : `groupSize is ${valueText(groupSize)}, expected a positive multiple of ${INT4_PER_WORD}`;
}

function rotatedKernel(kernel: Tensor2D, rotation: LayerRotation | undefined): Tensor2D {
  return rotation === undefined
    ? kernel
    : transpose(rotated(transpose(kernel), rotation) as Tensor2D);
}
