import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  QuantizeWeightInt4,
  type QuantizeWeightInt4Attrs,
  type QuantizeWeightInt4Inputs,
} from '../kernel_names';
import { type TensorflowBackend, executeMultiple } from './backend';

export const quantizeWeightInt4Config: KernelConfig = {
  kernelName: QuantizeWeightInt4,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { kernel } = args.inputs as QuantizeWeightInt4Inputs;
    const { groupSize, symmetric } = args.attrs as unknown as QuantizeWeightInt4Attrs;
    const attributes = { group_size: groupSize, symmetric };
    return executeMultiple(backend, QuantizeWeightInt4, [kernel], attributes, 3);
  },
};
