/** Shape checks; their messages name what came, what was expected and where that comes from. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { shapeText, valueText } from './values';

/** Checks for `rank` axes or more; `layout` names them, as in `[…, M, K]`. */
export function assertMinRank(
  op: string,
  name: string,
  { shape }: Tensor,
  rank: number,
  layout: string,
): void {
  util.assert(
    shape.length >= rank,
    () => `${op}: ${name} has shape ${shapeText(shape)}, expected ${layout}`,
  );
}

/** Checks for exactly `rank` axes. */
export function assertRank(
  op: string,
  name: string,
  { shape }: Tensor,
  rank: number,
  layout: string,
): void {
  util.assert(
    shape.length === rank,
    () => `${op}: ${name} has shape ${shapeText(shape)}, expected ${layout}`,
  );
}

/** Checks for exactly this shape; an absent tensor passes. */
export function assertShape(
  op: string,
  name: string,
  tensor: Tensor | undefined,
  expected: number[],
  reason: string,
): void {
  util.assert(
    tensor === undefined || util.arraysEqual(tensor.shape, expected),
    () =>
      `${op}: ${name} has shape ${shapeText(tensor!.shape)}, expected ${shapeText(expected)} ` +
      `(${reason})`,
  );
}

/** Checks for exactly this shape, or for one value that stands for all. */
export function assertShapeOrScalar(
  op: string,
  name: string,
  { shape }: Tensor,
  expected: number[],
  reason: string,
): void {
  util.assert(
    shape.length === 0 || util.arraysEqual(shape, expected),
    () =>
      `${op}: ${name} has shape ${shapeText(shape)}, expected ${shapeText(expected)} or a scalar ` +
      `(${reason})`,
  );
}

/** Checks a logical row length that was passed as an argument. */
export function assertK(op: string, k: number): void {
  util.assert(
    Number.isInteger(k) && k >= 0,
    () => `${op}: K is ${valueText(k)}, expected a non-negative integer`,
  );
}

/** The last axis. */
export function widthOf({ shape }: Tensor): number {
  return shape[shape.length - 1];
}

/** All axes but the last. */
export function leadingShape({ shape }: Tensor): number[] {
  return shape.slice(0, -1);
}
