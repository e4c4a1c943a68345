import type { KernelConfig } from '@tensorflow/tfjs-core';

import { QuantizeInt8, type QuantizeInt8Attrs, type QuantizeInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, executeMultiple } from './backend';

export const quantizeInt8Config: KernelConfig = {
  kernelName: QuantizeInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x } = args.inputs as QuantizeInt8Inputs;
    const { symmetric } = args.attrs as unknown as QuantizeInt8Attrs;
    return executeMultiple(backend, QuantizeInt8, [x], { asymmetric: !symmetric }, 3);
  },
};
