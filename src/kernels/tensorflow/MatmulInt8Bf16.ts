import type { KernelConfig } from '@tensorflow/tfjs-core';

import {
  MatmulInt8Bf16,
  type MatmulInt8Bf16Attrs,
  type MatmulInt8Bf16Inputs,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

export const matmulInt8Bf16Config: KernelConfig = {
  kernelName: MatmulInt8Bf16,
  backendName: 'tensorflow',
  kernelFunc: (args) => {
    const backend = args.backend as TensorflowBackend;
    const { a, b, sa, sb, aZero, bias } = args.inputs as MatmulInt8Bf16Inputs;
    const { activation } = args.attrs as unknown as MatmulInt8Bf16Attrs;
    const optional = { AZero: aZero, Bias: bias };
    return execute(backend, MatmulInt8Bf16, [a, b, sa, sb], { activation }, optional);
  },
};
