import type { KernelConfig } from '@tensorflow/tfjs-core';

import { PackInt8, type PackInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const packInt8Config: KernelConfig = {
  kernelName: PackInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x } = args.inputs as PackInt8Inputs;
    return execute(backend, PackInt8, [x], { T: { dtype: x.dtype } });
  },
};
