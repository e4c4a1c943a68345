import { sum, type Tensor } from '@tensorflow/tfjs-core';

/** Σ over all rows of dy `[…, N]`: the gradient of a bias `[N]`. */
export function biasGradient(dy: Tensor): Tensor {
  const leadingAxes = dy.shape.slice(0, -1).map((_, axis) => axis);
  return sum(dy, leadingAxes);
}
