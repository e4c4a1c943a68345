import type { KernelConfig } from '@tensorflow/tfjs-core';

import { UnpackInt4, type UnpackInt4Attrs, type UnpackInt4Inputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const unpackInt4Config: KernelConfig = {
  kernelName: UnpackInt4,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { packed } = args.inputs as UnpackInt4Inputs;
    const { k, signed } = args.attrs as unknown as UnpackInt4Attrs;
    return execute(backend, UnpackInt4, [packed], { k, signed });
  },
};
