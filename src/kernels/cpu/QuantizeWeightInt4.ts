import type { TensorInfo } from '@tensorflow/tfjs-core';

import { QuantizeWeightInt4 } from '../kernel_names';
import type { QuantizeWeightInt4Attrs, QuantizeWeightInt4Inputs } from '../kernel_names';
import { cpuKernel, floatsOf } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, groupCount, int4InWord, int4WordOf, int4Words } from './layout';
import { quantize } from './numerics';
import { int4Scheme, rangeQuantizer } from './range_quantizer';
import { transpose } from './transpose';

function quantizeWeightInt4(
  args: CpuKernelArgs<QuantizeWeightInt4Inputs, QuantizeWeightInt4Attrs>,
): TensorInfo[] {
  const { inputs, attrs, backend } = args;
  const { groupSize, symmetric } = attrs;
  const [k, n] = inputs.kernel.shape;
  const weights = transpose(floatsOf(backend, inputs.kernel), k, n);
  const scheme = int4Scheme(symmetric);
  const words = int4Words(k);
  const groups = groupCount(k, groupSize);
  const values = new Int32Array(n * words);
  const scales = new Float32Array(n * groups);
  const zeros = new Int32Array(n * groups);

  for (let row = 0; row < n; row++) {
    for (let group = 0; group < groups; group++) {
      const first = group * groupSize;
      const end = Math.min(first + groupSize, k);
      const quantizer = rangeQuantizer(weights, row * k + first, row * k + end, scheme);
      scales[row * groups + group] = quantizer.scale;
      zeros[row * groups + group] = quantizer.zero;
      // The tail of a row holds its last group's zero point.
      const storedEnd = group === groups - 1 ? words * INT4_PER_WORD : end;
      for (let i = first; i < storedEnd; i++) {
        const value =
          i < k
            ? quantize(weights[row * k + i], quantizer, scheme.lowest, scheme.highest)
            : quantizer.zero;
        values[row * words + int4WordOf(i)] |= int4InWord(value, i % INT4_PER_WORD);
      }
    }
  }
  return [
    backend.makeTensorInfo([n, words], 'int32', values),
    backend.makeTensorInfo([n, groups], 'float32', scales),
    backend.makeTensorInfo([n, groups], 'int32', zeros),
  ];
}

export const quantizeWeightInt4Config = cpuKernel(QuantizeWeightInt4, quantizeWeightInt4);
