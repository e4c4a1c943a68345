/** The scales and zero points that go with rows of packed int4 elements. */
import type { Tensor } from '@tensorflow/tfjs-core';

import { groupCount } from '../kernels/cpu/layout';
import { resolveGroupSize } from './group_size';
import { assertMinRank, assertShape, leadingShape } from './shapes';

/**
 * Checks `scales` and `zeros` against the rows `[…, words]` that `weights` has, and returns the
 * group size as kernels take it.
 */
export function checkScales(
  op: string,
  k: number,
  weights: Tensor,
  scales: Tensor,
  zeros: Tensor | undefined,
  requestedGroupSize: number | undefined,
): number {
  assertMinRank(op, 'scales', scales, weights.rank, '[…, G]');
  const groupSize = resolveGroupSize(op, k, weights, scales, requestedGroupSize);
  const expected = [...leadingShape(weights), groupCount(k, groupSize)];
  assertShape(op, 'scales', scales, expected, `K=${k}, group size ${groupSize}`);
  assertShape(op, 'zeros', zeros, expected, 'the shape of scales');
  return groupSize;
}
