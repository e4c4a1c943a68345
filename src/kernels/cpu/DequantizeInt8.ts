import type { TensorInfo } from '@tensorflow/tfjs-core';

import { DequantizeInt8 } from '../kernel_names';
import type { DequantizeInt8Attrs, DequantizeInt8Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View } from './layout';
import { rowRange } from './row_range';

function dequantizeInt8(
  args: CpuKernelArgs<DequantizeInt8Inputs, DequantizeInt8Attrs>,
): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { k } = attrs;
  const bytes = int8View(integersOf(backend, inputs.values));
  const scale = floatsOf(backend, inputs.scale);
  const zero = inputs.zero && integersOf(backend, inputs.zero);
  const [, words] = rowsAndWidth(inputs.values.shape);
  const { firstRow, rowCount, shape } = rowRange(inputs.values.shape, attrs);

  const x = new Float32Array(rowCount * k);
  for (let i = 0; i < rowCount; i++) {
    const row = firstRow + i;
    const start = row * words * INT8_PER_WORD;
    const rowZero = zero ? zero[row] : 0;
    // Storing to x rounds the product to float32.
    for (let j = 0; j < k; j++) x[i * k + j] = (bytes[start + j] - rowZero) * scale[row];
  }
  return backend.makeTensorInfo(shape, 'float32', x);
}

export const dequantizeInt8Config = cpuKernel(DequantizeInt8, dequantizeInt8);
