import { type GradConfig, getGradient, registerGradient } from '@tensorflow/tfjs-core';

import { linearInt8GradConfig } from './LinearInt8';
import { matmulInt4Bf16GradConfigs } from './MatmulInt4Bf16';
import { matmulInt8Bf16GradConfig } from './MatmulInt8Bf16';

const configs: GradConfig[] = [
  linearInt8GradConfig,
  ...matmulInt4Bf16GradConfigs,
  matmulInt8Bf16GradConfig,
];

/** Registers every gradient that is not registered yet: they are the same on every backend. */
export function registerGradients(): void {
  for (const config of configs) {
    if (getGradient(config.kernelName) == null) registerGradient(config);
  }
}
