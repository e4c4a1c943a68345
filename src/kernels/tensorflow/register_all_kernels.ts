/**
 * The kernels of tfjs-node's 'tensorflow' backend: each calls the native op of its own name, or the
 * variant of it that takes exactly the optional inputs that are there (see `execute`): a TensorFlow
 * op always has all its inputs.
 */
import { type KernelConfig, getKernel, registerKernel } from '@tensorflow/tfjs-core';

import { dequantizeInt4Config } from './DequantizeInt4';
import { dequantizeInt8Config } from './DequantizeInt8';
import { hadamardConfig } from './Hadamard';
import { linearInt4Configs } from './LinearInt4';
import { linearInt8Configs } from './LinearInt8';
import { linearInt8Int4Configs } from './LinearInt8Int4';
import { matmulInt4Bf16Configs } from './MatmulInt4Bf16';
import { matmulInt4Int4Bf16Config } from './MatmulInt4Int4Bf16';
import { matmulInt8Bf16Config } from './MatmulInt8Bf16';
import { packInt4Config } from './PackInt4';
import { packInt8Config } from './PackInt8';
import { quantizeInt4Config } from './QuantizeInt4';
import { quantizeInt8Config } from './QuantizeInt8';
import { quantizeWeightInt4Config } from './QuantizeWeightInt4';
import { quantizeWeightInt8Config } from './QuantizeWeightInt8';
import { rotateConfig } from './Rotate';
import { unpackInt4Config } from './UnpackInt4';
import { unpackInt8Config } from './UnpackInt8';

const configs: KernelConfig[] = [
  packInt4Config,
  unpackInt4Config,
  packInt8Config,
  unpackInt8Config,
  hadamardConfig,
  rotateConfig,
  quantizeInt8Config,
  quantizeInt4Config,
  quantizeWeightInt8Config,
  quantizeWeightInt4Config,
  dequantizeInt8Config,
  dequantizeInt4Config,
  matmulInt8Bf16Config,
  ...matmulInt4Bf16Configs,
  matmulInt4Int4Bf16Config,
  ...linearInt8Configs,
  ...linearInt8Int4Configs,
  ...linearInt4Configs,
];

/** Registers every kernel that is not registered yet; the native ops must be registered first. */
export function registerTensorflowKernels(): void {
  for (const config of configs) {
    if (getKernel(config.kernelName, config.backendName) == null) registerKernel(config);
  }
}
