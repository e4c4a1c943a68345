import type { KernelConfig } from '@tensorflow/tfjs-core';

import { QuantizeWeightInt8, type QuantizeWeightInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, executeMultiple } from './backend';

export const quantizeWeightInt8Config: KernelConfig = {
  kernelName: QuantizeWeightInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { kernel } = args.inputs as QuantizeWeightInt8Inputs;
    return executeMultiple(backend, QuantizeWeightInt8, [kernel], {}, 2);
  },
};
