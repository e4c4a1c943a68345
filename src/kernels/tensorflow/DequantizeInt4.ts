import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  DequantizeInt4,
  type DequantizeInt4Attrs,
  type DequantizeInt4Inputs,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const dequantizeInt4Config: KernelConfig = {
  kernelName: DequantizeInt4,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { values, scales, zeros } = args.inputs as DequantizeInt4Inputs;
    const { k, groupSize, firstRow, rowCount } = args.attrs as unknown as DequantizeInt4Attrs;
    const attributes = { k, group_size: groupSize, first_row: firstRow, row_count: rowCount };
    return execute(backend, DequantizeInt4, [values, scales], attributes, { Zeros: zeros });
  },
};
