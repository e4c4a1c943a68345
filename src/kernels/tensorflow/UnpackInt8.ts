import type { KernelConfig } from '@tensorflow/tfjs-core';

import { UnpackInt8, type UnpackInt8Attrs, type UnpackInt8Inputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const unpackInt8Config: KernelConfig = {
  kernelName: UnpackInt8,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { packed } = args.inputs as UnpackInt8Inputs;
    const { k } = args.attrs as unknown as UnpackInt8Attrs;
    return execute(backend, UnpackInt8, [packed], { k });
  },
};
