import type { TensorInfo } from '@tensorflow/tfjs-core';

import { LinearInt8 } from '../kernel_names';
import type { LinearInt8Attrs, LinearInt8Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { int8Words } from './layout';
import { int8Product } from './MatmulInt8Bf16';
import { quantizeRowsInt8 } from './QuantizeInt8';

function linearInt8(args: CpuKernelArgs<LinearInt8Inputs, LinearInt8Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { activation, symmetric } = attrs;
  const [m, k] = rowsAndWidth(inputs.x.shape);
  const n = inputs.w.shape[0];
  const x = quantizeRowsInt8(floatsOf(backend, inputs.x), m, k, symmetric);
  const y = int8Product({
    a: x.values,
    b: integersOf(backend, inputs.w),
    sa: x.scale,
    sb: floatsOf(backend, inputs.wScale),
    aZero: symmetric ? undefined : x.zero,
    bias: inputs.bias && floatsOf(backend, inputs.bias),
    m,
    n,
    words: int8Words(k),
    activation,
  });
  return backend.makeTensorInfo(withWidth(inputs.x.shape, n), 'float32', y);
}

export const linearInt8Config = cpuKernel(LinearInt8, linearInt8);
