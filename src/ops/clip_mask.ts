import { abs, expandDims, lessEqual, mul, tidy, type Tensor } from '@tensorflow/tfjs-core';

import { type KernelRotation, rotated } from './rotation';

/**
 * Which values of x, rotated, were not clipped when the largest integer `steps` was made to stand for
 * steps · scale: those within half a step of that. bool `[…, K]`; all false in a row with scale NaN.
 */
export function clipMask(
  op: string,
  x: Tensor,
  rotation: KernelRotation,
  scale: Tensor,
  steps: number,
): Tensor {
  return tidy(() => {
    const furthest = mul(expandDims(scale, -1), steps + 0.5);
    return lessEqual(abs(rotated(op, x, rotation)), furthest);
  });
}
