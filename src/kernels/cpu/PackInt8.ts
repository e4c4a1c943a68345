import type { TensorInfo } from '@tensorflow/tfjs-core';

import { PackInt8 } from '../kernel_names';
import type { PackInt8Inputs } from '../kernel_names';
import { cpuKernel, numbersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View, int8Words } from './layout';
import { integerInRange } from './pack_rows';

const RANGE = { op: 'packInt8', lowest: -128, highest: 127 };

function packInt8({ inputs, backend }: CpuKernelArgs<PackInt8Inputs, undefined>): TensorInfo {
  const x = numbersOf(backend, inputs.x);
  const [rows, k] = rowsAndWidth(inputs.x.shape);
  const words = int8Words(k);

  const packed = new Int32Array(rows * words);
  const bytes = int8View(packed);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      bytes[row * words * INT8_PER_WORD + i] = integerInRange(x, row * k + i, RANGE);
    }
  }
  return backend.makeTensorInfo(withWidth(inputs.x.shape, words), 'int32', packed);
}

export const packInt8Config = cpuKernel(PackInt8, packInt8);
