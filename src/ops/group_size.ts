/** How many elements along K share a scale. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { groupCount, INT4_PER_WORD } from '../kernels/cpu/layout';
import { recallPacking } from './packed';
import { widthOf } from './shapes';
import { shapeText } from './values';

/** The group size as kernels take it: positive, and K itself where there is one group. */
export function normalGroupSize(k: number, groupSize: number): number {
  if (groupCount(k, groupSize) > 1) return groupSize;
  return k === 0 ? INT4_PER_WORD : k;
}

/** Checks that groups start with a word: they are a multiple of 8, or there is only one. */
export function assertGroupSize(op: string, k: number, groupSize: number): void {
  util.assert(
    groupSize % INT4_PER_WORD === 0 || groupCount(k, groupSize) === 1,
    () =>
      `${op}: groupSize is ${groupSize}, expected a multiple of ${INT4_PER_WORD}, or K=${k} or more`,
  );
}

/** The group size that divides K evenly into as many groups as there are scales. */
function evenGroupSize(op: string, k: number, scales: Tensor): number {
  const groups = widthOf(scales);
  if (groups === 1) return normalGroupSize(k, k);
  const groupSize = k / groups;
  util.assert(
    groupSize > 0 && groupSize % INT4_PER_WORD === 0,
    () =>
      `${op}: scales has shape ${shapeText(scales.shape)}, and K=${k} does not divide into ` +
      `${groups} groups of a multiple of ${INT4_PER_WORD}; pass the groupSize it was quantized with`,
  );
  return groupSize;
}

/**
 * The group size of weights: the one that was asked for, else the one they were quantized with, else
 * K divided by the number of groups.
 * @throws where the first two disagree, or K does not divide.
 */
export function resolveGroupSize(
  op: string,
  k: number,
  weights: Tensor,
  scales: Tensor,
  requested: number | undefined,
): number {
  const known = recallPacking(weights)?.groupSize;
  const groupSize = requested ?? known ?? evenGroupSize(op, k, scales);
  assertGroupSize(op, k, groupSize);
  const normal = normalGroupSize(k, groupSize);
  util.assert(
    known === undefined || known === normal,
    () => `${op}: groupSize is ${groupSize}, but the weights were quantized in groups of ${known}`,
  );
  return normal;
}
