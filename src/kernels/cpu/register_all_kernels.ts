import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import type { KernelConfig } from '@tensorflow/tfjs-core';

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

export const cpuKernelConfigs: readonly KernelConfig[] = [
  dequantizeInt4Config,
  dequantizeInt8Config,
  hadamardConfig,
  ...linearInt4Configs,
  ...linearInt8Configs,
  ...linearInt8Int4Configs,
  ...matmulInt4Bf16Configs,
  matmulInt4Int4Bf16Config,
  matmulInt8Bf16Config,
  packInt4Config,
  packInt8Config,
  quantizeInt4Config,
  quantizeInt8Config,
  quantizeWeightInt4Config,
  quantizeWeightInt8Config,
  rotateConfig,
  unpackInt4Config,
  unpackInt8Config,
];

/**
 * Registers every kernel of this folder for tfjs's 'cpu' backend. Kernels that are there already
 * stay, so loading the package twice changes nothing and warns of nothing.
 */
export function registerCpuKernels(): void {
  for (const config of cpuKernelConfigs) {
    if (getKernel(config.kernelName, config.backendName) == null) registerKernel(config);
  }
}
