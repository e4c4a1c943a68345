import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  MatmulInt4Int4Bf16,
  type MatmulInt4Int4Bf16Attrs,
  type MatmulInt4Int4Bf16Inputs,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const matmulInt4Int4Bf16Config: KernelConfig = {
  kernelName: MatmulInt4Int4Bf16,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { a, b, sa, sb, bias } = args.inputs as MatmulInt4Int4Bf16Inputs;
    const { activation } = args.attrs as unknown as MatmulInt4Int4Bf16Attrs;
    return execute(backend, MatmulInt4Int4Bf16, [a, b, sa, sb], { activation }, { Bias: bias });
  },
};
