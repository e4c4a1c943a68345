import type { KernelConfig } from '@tensorflow/tfjs-core';

import { Hadamard, type HadamardAttrs, type HadamardInputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const hadamardConfig: KernelConfig = {
  kernelName: Hadamard,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x } = args.inputs as HadamardInputs;
    const { blockSize } = args.attrs as unknown as HadamardAttrs;
    return execute(backend, Hadamard, [x], { block_size: blockSize });
  },
};
