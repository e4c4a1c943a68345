import { mul, step, sub, type Tensor } from '@tensorflow/tfjs-core';

import type { FusedActivation } from '../kernels/kernel_names';

/**
 * The gradient before a fused activation, from the one after it and the output y: 0 where relu or
 * relu6 holds y at a bound. Told by y, as tfjs's fused ops do it, so that the sums need not be kept.
 */
export function throughActivation(dy: Tensor, y: Tensor, activation: FusedActivation): Tensor {
  if (activation === 'linear') return dy;
  const aboveZero = mul(dy, step(y));
  return activation === 'relu6' ? mul(aboveZero, step(sub(6, y))) : aboveZero;
}
