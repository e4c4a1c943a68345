import type { KernelConfig } from '@tensorflow/tfjs-core';

import { QuantizeInt8, type QuantizeInt8Attrs, type QuantizeInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, executeMultiple } from './backend';
import { rowQuantizerAttributes } from './row_quantizer';

export const quantizeInt8Config: KernelConfig = {
  kernelName: QuantizeInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, matrix } = args.inputs as QuantizeInt8Inputs;
    const attrs = args.attrs as unknown as QuantizeInt8Attrs;
    const attributes = { asymmetric: !attrs.symmetric, ...rowQuantizerAttributes(attrs) };
    return executeMultiple(backend, QuantizeInt8, [x], attributes, 3, { Matrix: matrix });
  },
};
