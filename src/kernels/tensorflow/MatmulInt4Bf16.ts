import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  MatmulInt4Bf16,
  type MatmulInt4Bf16Attrs,
  type MatmulInt4Bf16Inputs,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const matmulInt4Bf16Config: KernelConfig = {
  kernelName: MatmulInt4Bf16,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { x, w, scales, zeros, bias } = args.inputs as MatmulInt4Bf16Inputs;
    const { groupSize, activation } = args.attrs as unknown as MatmulInt4Bf16Attrs;
    const isEven = groupSize * scales.shape[1] === x.shape[x.shape.length - 1];
    const attributes = { group_size: isEven ? undefined : groupSize, activation };
    return execute(backend, MatmulInt4Bf16, [x, w, scales], attributes, {
      Zeros: zeros,
      Bias: bias,
    });
  },
};
