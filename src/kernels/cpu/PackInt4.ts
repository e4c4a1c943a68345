import type { TensorInfo } from '@tensorflow/tfjs-core';

import { PackInt4 } from '../kernel_names';
import type { PackInt4Attrs, PackInt4Inputs } from '../kernel_names';
import { cpuKernel, numbersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, int4InWord, int4WordOf, int4Words } from './layout';
import { integerInRange } from './pack_rows';

function packInt4(args: CpuKernelArgs<PackInt4Inputs, PackInt4Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const x = numbersOf(backend, inputs.x);
  const [rows, k] = rowsAndWidth(inputs.x.shape);
  const words = int4Words(k);
  // Signed values are stored with 8 added.
  const offset = attrs.signed ? 8 : 0;
  const range = { op: 'packInt4', lowest: -offset, highest: 15 - offset };

  const packed = new Int32Array(rows * words);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < words * INT4_PER_WORD; i++) {
      // The tail stands for 0.
      const value = i < k ? integerInRange(x, row * k + i, range) + offset : offset;
      packed[row * words + int4WordOf(i)] |= int4InWord(value, i % INT4_PER_WORD);
    }
  }
  return backend.makeTensorInfo(withWidth(inputs.x.shape, words), 'int32', packed);
}

export const packInt4Config = cpuKernel(PackInt4, packInt4);
