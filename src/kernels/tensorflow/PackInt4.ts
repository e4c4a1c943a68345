import type { KernelConfig } from '@tensorflow/tfjs-core';

import { PackInt4, type PackInt4Attrs, type PackInt4Inputs } from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const packInt4Config: KernelConfig = {
  kernelName: PackInt4,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x } = args.inputs as PackInt4Inputs;
    const { signed } = args.attrs as unknown as PackInt4Attrs;
    return execute(backend, PackInt4, [x], { T: { dtype: x.dtype }, signed });
  },
};
