import type { TensorInfo } from '@tensorflow/tfjs-core';

import { LinearInt8Int4, LinearInt8Int4WithoutZeros } from '../kernel_names';
import type { LinearInt8Int4Attrs, LinearInt8Int4Inputs } from '../kernel_names';
import { cpuKernel, rowsAndWidth } from './backend';
import type { CpuKernelArgs } from './backend';
import { INT8_PER_WORD, int8View, int8Words } from './layout';
import { groupedProduct } from './MatmulInt4Bf16';
import { quantizeRowsInt8 } from './QuantizeInt8';
import { int8RowScheme } from './range_quantizer';
import { rotatedRows } from './rotated_rows';

/** The product of `groupedProduct`, of the rows of x as `QuantizeInt8` quantizes them. */
function linearInt8Int4(
  args: CpuKernelArgs<LinearInt8Int4Inputs, LinearInt8Int4Attrs>,
): TensorInfo {
  const { inputs, attrs, backend } = args;
  const [m, k] = rowsAndWidth(inputs.x.shape);
  const x = rotatedRows(backend, { x: inputs.x }, attrs);
  const { values, scale } = quantizeRowsInt8(x, m, k, int8RowScheme(true, attrs.method));
  const rowLength = INT8_PER_WORD * int8Words(k);
  return groupedProduct(args, { x: int8View(values), rowLength, scale });
}

export const linearInt8Int4Configs = [LinearInt8Int4, LinearInt8Int4WithoutZeros].map((name) =>
  cpuKernel(name, linearInt8Int4),
);
