import type { KernelConfig } from '@tensorflow/tfjs-core';

import { Rotate, type RotateInputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const rotateConfig: KernelConfig = {
  kernelName: Rotate,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, matrix } = args.inputs as RotateInputs;
    return execute(backend, Rotate, [x, matrix], {});
  },
};
