import type { TensorInfo } from '@tensorflow/tfjs-core';

import { QuantizeWeightInt8 } from '../kernel_names';
import type { QuantizeWeightInt8Inputs } from '../kernel_names';
import { cpuKernel, floatsOf } from './backend';
import type { CpuKernelArgs } from './backend';
import { int8Words } from './layout';
import { quantizeRowsInt8 } from './QuantizeInt8';
import { int8RowScheme } from './range_quantizer';
import { transpose } from './transpose';

function quantizeWeightInt8(
  args: CpuKernelArgs<QuantizeWeightInt8Inputs, undefined>,
): TensorInfo[] {
  const { inputs, backend } = args;
  const [k, n] = inputs.kernel.shape;
  const weights = transpose(floatsOf(backend, inputs.kernel), k, n);
  const { values, scale } = quantizeRowsInt8(weights, n, k, int8RowScheme(true, 'abs_max'));
  return [
    backend.makeTensorInfo([n, int8Words(k)], 'int32', values),
    backend.makeTensorInfo([n], 'float32', scale),
  ];
}

export const quantizeWeightInt8Config = cpuKernel(QuantizeWeightInt8, quantizeWeightInt8);
