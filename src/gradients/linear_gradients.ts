import { type GradConfig, type Tensor, transpose } from '@tensorflow/tfjs-core';

import type { FusedActivation, RowQuantizerAttrs } from '../kernels/kernel_names';
import { rotated } from '../ops/rotation';
import { biasGradient } from './bias_gradient';
import { frozen } from './frozen';
import { type DequantizeRows, inputGradient } from './input_gradient';
import { throughActivation } from './through_activation';

/** A dense layer that quantizes the rows of x, turned by its rotation, and has frozen weights. */
export interface QuantizedLinear {
  op: string;
  kernelName: string;
  /** The name of the kernel where its rotation has a matrix. */
  kernelNameWithMatrix: string;
  /** How its weights become float32. */
  dequantize: (w: Tensor, wScale: Tensor, k: number) => DequantizeRows;
}

type LinearAttrs = RowQuantizerAttrs & { k: number; activation: FusedActivation };
type Saved = { w: Tensor; wScale: Tensor; matrix?: Tensor; y: Tensor };

function gradients(
  { op, dequantize }: QuantizedLinear,
  dy: Tensor,
  { w, wScale, matrix, y }: Saved,
  { k, activation, hadamard }: LinearAttrs,
) {
  const dSum = throughActivation(dy, y, activation);
  return {
    x: () => {
      const dRotated = inputGradient(dSum, k, dequantize(w, wScale, k));
      return rotated(op, dRotated, { hadamard, matrix: matrix && transpose(matrix) });
    },
    bias: () => biasGradient(dSum),
    ...frozen(op, ['w', 'wScale'], 'train x, the bias, or adapters (tf.qutlass.addLora)'),
    ...frozen(op, ['matrix'], 'train it as that of tf.qutlass.rotate'),
  };
}

/** The gradients of the inputs, of both kernels. */
export function linearGradConfigs(linear: QuantizedLinear): GradConfig[] {
  const { kernelName, kernelNameWithMatrix } = linear;
  return [
    {
      kernelName,
      inputsToSave: ['w', 'wScale'],
      outputsToSave: [true],
      gradFunc: (dy, [w, wScale, y], attrs) =>
        gradients(linear, dy as Tensor, { w, wScale, y }, attrs as unknown as LinearAttrs),
    },
    {
      kernelName: kernelNameWithMatrix,
      inputsToSave: ['w', 'wScale', 'matrix'],
      outputsToSave: [true],
      gradFunc: (dy, [w, wScale, matrix, y], attrs) =>
        gradients(linear, dy as Tensor, { w, wScale, matrix, y }, attrs as unknown as LinearAttrs),
    },
  ];
}
