import type { KernelConfig } from '@tensorflow/tfjs-core';

import { QuantizeInt4, type QuantizeInt4Attrs, type QuantizeInt4Inputs } from '../kernel_names';
import { type TensorflowBackend, executeMultiple } from './backend';
import { rowQuantizerAttributes } from './row_quantizer';

export const quantizeInt4Config: KernelConfig = {
  kernelName: QuantizeInt4,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, matrix } = args.inputs as QuantizeInt4Inputs;
    const attributes = rowQuantizerAttributes(args.attrs as unknown as QuantizeInt4Attrs);
    return executeMultiple(backend, QuantizeInt4, [x], attributes, 2, { Matrix: matrix });
  },
};
