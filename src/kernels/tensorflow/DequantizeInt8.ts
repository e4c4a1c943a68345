import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  DequantizeInt8,
  type DequantizeInt8Attrs,
  type DequantizeInt8Inputs,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const dequantizeInt8Config: KernelConfig = {
  kernelName: DequantizeInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { values, scale, zero } = args.inputs as DequantizeInt8Inputs;
    const { k, firstRow, rowCount } = args.attrs as unknown as DequantizeInt8Attrs;
    const attributes = { k, first_row: firstRow, row_count: rowCount };
    return execute(backend, DequantizeInt8, [values, scale], attributes, { Zero: zero });
  },
};
