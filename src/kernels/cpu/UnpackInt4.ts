import type { TensorInfo } from '@tensorflow/tfjs-core';

import { UnpackInt4 } from '../kernel_names';
import type { UnpackInt4Attrs, UnpackInt4Inputs } from '../kernel_names';
import { cpuKernel, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT4_PER_WORD, int4Of, int4WordOf } from './layout';

function unpackInt4(args: CpuKernelArgs<UnpackInt4Inputs, UnpackInt4Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { k, signed } = attrs;
  const packed = integersOf(backend, inputs.packed);
  const [rows, words] = rowsAndWidth(inputs.packed.shape);
  const offset = signed ? 8 : 0;

  const integers = new Int32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < k; i++) {
      const word = packed[row * words + int4WordOf(i)];
      integers[row * k + i] = int4Of(word, i % INT4_PER_WORD) - offset;
    }
  }
  return backend.makeTensorInfo(withWidth(inputs.packed.shape, k), 'int32', integers);
}

export const unpackInt4Config = cpuKernel(UnpackInt4, unpackInt4);
