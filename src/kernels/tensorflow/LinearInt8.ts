import type { KernelConfig } from '@tensorflow/tfjs-core';

import { LinearInt8, type LinearInt8Attrs, type LinearInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const linearInt8Config: KernelConfig = {
  kernelName: LinearInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, w, wScale, bias } = args.inputs as LinearInt8Inputs;
    const { activation, symmetric } = args.attrs as unknown as LinearInt8Attrs;
    const attributes = { asymmetric: !symmetric, activation };
    return execute(backend, LinearInt8, [x, w, wScale], attributes, { Bias: bias });
  },
};
