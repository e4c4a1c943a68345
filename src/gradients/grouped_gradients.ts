import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

import { DequantizeInt4, type MatmulInt4Bf16Attrs } from '../kernels/kernel_names';
import { rotated } from '../ops/rotation';
import { runKernel } from '../ops/run_kernel';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { inputGradient } from './input_gradient';
import { throughActivation } from './through_activation';

/** A product with grouped int4 weights, which are frozen. */
export interface GroupedProduct {
  op: string;
  kernelName: string;
  /** The name of the kernel where there are no zeros. */
  kernelNameWithoutZeros: string;
}

/** `hadamard`: of a product that turns its rows. */
type GroupedAttrs = MatmulInt4Bf16Attrs & { hadamard?: number };
type Int4Weights = { values: Tensor; scales: Tensor; zeros?: Tensor };

function gradients(
  op: string,
  dy: Tensor,
  y: Tensor,
  weights: Int4Weights,
  { k, groupSize, activation, hadamard = 0 }: GroupedAttrs,
) {
  const dSum = throughActivation(dy, y, activation);
  return {
    x: () => {
      const dRotated = inputGradient(dSum, k, (range) =>
        runKernel(op, DequantizeInt4, weights, { k, groupSize, ...range }),
      );
      return rotated(op, dRotated, { hadamard, matrix: undefined });
    },
    bias: () => biasGradient(dSum),
    ...frozen(op, ['w', 'scales', 'zeros'], 'train x, the bias, or adapters (tf.qutlass.addLora)'),
  };
}

/** The gradients of the inputs, of both kernels. */
export function groupedGradConfigs(product: GroupedProduct): GradConfig[] {
  const { op, kernelName, kernelNameWithoutZeros } = product;
  return [
    {
      kernelName,
      inputsToSave: ['w', 'scales', 'zeros'],
      outputsToSave: [true],
      gradFunc: (dy, [values, scales, zeros, y], attrs) =>
        gradients(op, dy as Tensor, y, { values, scales, zeros }, attrs as unknown as GroupedAttrs),
    },
    {
      kernelName: kernelNameWithoutZeros,
      inputsToSave: ['w', 'scales'],
      outputsToSave: [true],
      gradFunc: (dy, [values, scales, y], attrs) =>
        gradients(op, dy as Tensor, y, { values, scales }, attrs as unknown as GroupedAttrs),
    },
  ];
}
