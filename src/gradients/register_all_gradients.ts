import { type GradConfig, getGradient, registerGradient } from '@tensorflow/tfjs-core';

import { hadamardGradConfig } from './Hadamard';
import { linearInt4GradConfigs } from './LinearInt4';
import { linearInt8GradConfigs } from './LinearInt8';
import { linearInt8Int4GradConfigs } from './LinearInt8Int4';
import { matmulInt4Bf16GradConfigs } from './MatmulInt4Bf16';
import { matmulInt4Int4Bf16GradConfig } from './MatmulInt4Int4Bf16';
import { matmulInt8Bf16GradConfig } from './MatmulInt8Bf16';
import { rotateGradConfig } from './Rotate';

const configs: GradConfig[] = [
  hadamardGradConfig,
  ...linearInt4GradConfigs,
  ...linearInt8GradConfigs,
  ...linearInt8Int4GradConfigs,
  ...matmulInt4Bf16GradConfigs,
  matmulInt4Int4Bf16GradConfig,
  matmulInt8Bf16GradConfig,
  rotateGradConfig,
];

/** Registers every gradient that is not registered yet: they are the same on every backend. */
export function registerGradients(): void {
  for (const config of configs) {
    if (getGradient(config.kernelName) == null) registerGradient(config);
  }
}
