import type { TensorInfo } from '@tensorflow/tfjs-core';

import { LinearInt8, LinearInt8WithMatrix } from '../kernel_names';
import type { LinearInt8Attrs, LinearInt8Inputs } from '../kernel_names';
import { cpuKernel, floatsOf, integersOf, rowsAndWidth, withWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { int8Words } from './layout';
import { int8Product } from './MatmulInt8Bf16';
import { quantizeRowsInt8 } from './QuantizeInt8';
import { int8RowScheme } from './range_quantizer';
import { rotatedRows } from './rotated_rows';

function linearInt8(args: CpuKernelArgs<LinearInt8Inputs, LinearInt8Attrs>): TensorInfo {
  const { inputs, attrs, backend } = args;
  const { activation, symmetric, method } = attrs;
  const [m, k] = rowsAndWidth(inputs.x.shape);
  const n = inputs.w.shape[0];
  const rows = rotatedRows(backend, inputs, attrs);
  const x = quantizeRowsInt8(rows, m, k, int8RowScheme(symmetric, method));
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

export const linearInt8Configs = [LinearInt8, LinearInt8WithMatrix].map((name) =>
  cpuKernel(name, linearInt8),
);
