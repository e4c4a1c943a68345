import type { TensorInfo } from '@tensorflow/tfjs-core';

import { UnpackInt8 } from '../kernel_names';
import type { UnpackInt8Attrs, UnpackInt8Inputs } from '../kernel_names';
import { cpuKernel, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View } from './layout';

function unpackInt8(args: CpuKernelArgs<UnpackInt8Inputs, UnpackInt8Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { k } = attrs;
  const bytes = int8View(integersOf(backend, inputs.packed));
  const [rows, words] = rowsAndWidth(inputs.packed.shape);

  const integers = new Int32Array(rows * k);
  for (let row = 0; row < rows; row++) {
    const start = row * words * INT8_PER_WORD;
    integers.set(bytes.subarray(start, start + k), row * k);
  }
  return backend.makeTensorInfo(withWidth(inputs.packed.shape, k), 'int32', integers);
}

export const unpackInt8Config = cpuKernel(UnpackInt8, unpackInt8);
