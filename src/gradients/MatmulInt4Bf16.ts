import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

import {
  DequantizeInt4,
  MatmulInt4Bf16,
  type MatmulInt4Bf16Attrs,
  MatmulInt4Bf16WithoutZeros,
} from '../kernels/kernel_names';
import { runKernel } from '../ops/run_kernel';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { inputGradient } from './input_gradient';
import { throughActivation } from './through_activation';

const NAME = 'matmulInt4Bf16';

type Int4Weights = { values: Tensor; scales: Tensor; zeros?: Tensor };

function gradients(dy: Tensor, y: Tensor, weights: Int4Weights, attrs: MatmulInt4Bf16Attrs) {
  const { k, groupSize, activation } = attrs;
  const dSum = throughActivation(dy, y, activation);
  return {
    x: () =>
      inputGradient(dSum, k, (range) =>
        runKernel(NAME, DequantizeInt4, weights, { k, groupSize, ...range }),
      ),
    bias: () => biasGradient(dSum),
    ...frozen(
      NAME,
      ['w', 'scales', 'zeros'],
      'train x, the bias, or adapters (tf.qutlass.addLora)',
    ),
  };
}

export const matmulInt4Bf16GradConfigs: GradConfig[] = [
  {
    kernelName: MatmulInt4Bf16,
    inputsToSave: ['w', 'scales', 'zeros'],
    outputsToSave: [true],
    gradFunc: (dy, [values, scales, zeros, y], attrs) =>
      gradients(
        dy as Tensor,
        y,
        { values, scales, zeros },
        attrs as unknown as MatmulInt4Bf16Attrs,
      ),
  },
  {
    kernelName: MatmulInt4Bf16WithoutZeros,
    inputsToSave: ['w', 'scales'],
    outputsToSave: [true],
    gradFunc: (dy, [values, scales, y], attrs) =>
      gradients(dy as Tensor, y, { values, scales }, attrs as unknown as MatmulInt4Bf16Attrs),
  },
];
