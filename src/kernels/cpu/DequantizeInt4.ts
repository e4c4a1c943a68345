import type { TensorInfo } from '@tensorflow/tfjs-core';

import { DequantizeInt4 } from '../kernel_names';
import type { DequantizeInt4Attrs, DequantizeInt4Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { unpackDifferences } from './group_rows';
import { INT4_PER_WORD, groupCount } from './layout';
import { rowRange } from './row_range';

function dequantizeInt4(
  args: CpuKernelArgs<DequantizeInt4Inputs, DequantizeInt4Attrs>,
): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { k, groupSize } = attrs;
  const [, words] = rowsAndWidth(inputs.values.shape);
  const { firstRow, rowCount, shape } = rowRange(inputs.values.shape, attrs);
  const groups = groupCount(k, groupSize);
  const weights = {
    packed: integersOf(backend, inputs.values),
    words,
    zeros: inputs.zeros && integersOf(backend, inputs.zeros),
    groups,
    groupSize,
  };
  const scales = floatsOf(backend, inputs.scales);

  const x = new Float32Array(rowCount * k);
  const differences = new Int32Array(words * INT4_PER_WORD);
  for (let i = 0; i < rowCount; i++) {
    const row = firstRow + i;
    unpackDifferences(weights, row, differences);
    for (let group = 0; group < groups; group++) {
      const scale = scales[row * groups + group];
      const end = Math.min((group + 1) * groupSize, k);
      // Storing to x rounds the product to float32.
      for (let j = group * groupSize; j < end; j++) x[i * k + j] = differences[j] * scale;
    }
  }
  return backend.makeTensorInfo(shape, 'float32', x);
}

export const dequantizeInt4Config = cpuKernel(DequantizeInt4, dequantizeInt4);
