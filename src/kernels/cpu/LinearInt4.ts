import type { TensorInfo } from '@tensorflow/tfjs-core';

import { LinearInt4, LinearInt4WithMatrix } from '../kernel_names';
import type { LinearInt4Attrs, LinearInt4Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { int4Words } from './layout';
import { int4Product } from './MatmulInt4Int4Bf16';
import { quantizeRowsInt4 } from './QuantizeInt4';
import { rotatedRows } from './rotated_rows';

function linearInt4(args: CpuKernelArgs<LinearInt4Inputs, LinearInt4Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [m, k] = rowsAndWidth(inputs.x.shape);
  const n = inputs.w.shape[0];
  const x = quantizeRowsInt4(rotatedRows(backend, inputs, attrs), m, k, attrs.method);
  const y = int4Product({
    a: x.values,
    b: integersOf(backend, inputs.w),
    sa: x.scale,
    sb: floatsOf(backend, inputs.wScale),
    bias: inputs.bias && floatsOf(backend, inputs.bias),
    m,
    n,
    words: int4Words(k),
    activation: attrs.activation,
  });
  return backend.makeTensorInfo(withWidth(inputs.x.shape, n), 'float32', y);
}

export const linearInt4Configs = [LinearInt4, LinearInt4WithMatrix].map((name) =>
  cpuKernel(name, linearInt4),
);
