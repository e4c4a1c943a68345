import {
  abs,
  max,
  maximum,
  min,
  minimum,
  mul,
  neg,
  pad,
  reshape,
  slice,
  tidy,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

import { groupCount } from '../kernels/cpu/layout';

/** How far a group of weights along K may reach. */
export interface ClippedRange {
  groupSize: number;
  /** Whether the range is that of the absolute values. */
  symmetric: boolean;
  /** The part of the range that is kept, in 0…1. */
  clipRatio: number;
}

/** A kernel `[K, N]` whose weights are held within `clipRatio` of the range of their group. */
export function clipGroups(kernel: Tensor2D, range: ClippedRange): Tensor2D {
  const { groupSize, symmetric, clipRatio } = range;
  const [k, n] = kernel.shape;
  if (clipRatio === 1 || kernel.size === 0) return kernel.clone();
  return tidy(() => {
    const groups = groupCount(k, groupSize);
    // Zeros fill the last group up: every range holds 0 anyway.
    const whole = pad(kernel, [
      [0, groups * groupSize - k],
      [0, 0],
    ]);
    const grouped = reshape(whole, [groups, groupSize, n]);
    const [lowest, highest] = symmetric ? symmetricBounds(grouped) : bounds(grouped);
    const clipped = minimum(maximum(grouped, mul(lowest, clipRatio)), mul(highest, clipRatio));
    return slice(reshape(clipped, [groups * groupSize, n]), [0, 0], [k, n]) as Tensor2D;
  });
}

function bounds(grouped: Tensor): [Tensor, Tensor] {
  return [minimum(min(grouped, 1, true), 0), maximum(max(grouped, 1, true), 0)];
}

function symmetricBounds(grouped: Tensor): [Tensor, Tensor] {
  const furthest = max(abs(grouped), 1, true);
  return [neg(furthest), furthest];
}
