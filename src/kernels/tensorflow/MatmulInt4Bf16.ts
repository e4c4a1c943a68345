import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';

import {
  MatmulInt4Bf16,
  type MatmulInt4Bf16Attrs,
  type MatmulInt4Bf16Inputs,
  MatmulInt4Bf16WithoutZeros,
} from '../kernel_names';
import { type TensorflowBackend, execute } from './backend';

const matmulInt4Bf16: KernelFunc = (args) => {
  const backend = args.backend as TensorflowBackend;
  const { x, w, scales, zeros, bias } = args.inputs as MatmulInt4Bf16Inputs;
  const { k, groupSize, activation } = args.attrs as unknown as MatmulInt4Bf16Attrs;
  const isEven = groupSize * scales.shape[1] === k;
  const attributes = { group_size: isEven ? undefined : groupSize, activation };
  return execute(backend, MatmulInt4Bf16, [x, w, scales], attributes, { Zeros: zeros, Bias: bias });
};

export const matmulInt4Bf16Configs: KernelConfig[] = [
  MatmulInt4Bf16,
  MatmulInt4Bf16WithoutZeros,
].map((kernelName) => ({ kernelName, backendName: 'tensorflow', kernelFunc: matmulInt4Bf16 }));
