/** The two packed operands of an int8 product. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { INT8_PER_WORD, int8Words, MAX_K_INT8, MAX_K_INT8_ZERO_POINT } from '../kernels/cpu/layout';
import { assertFormat, assertPacked, recallPacking } from './packed';
import { widthOf } from './shapes';
import { shapeText } from './values';

/** Checks that sums over `k` elements are exact in int32. */
export function assertExactSums(op: string, k: number, hasZeroPoint: boolean): void {
  const limit = hasZeroPoint ? MAX_K_INT8_ZERO_POINT : MAX_K_INT8;
  const what = hasZeroPoint ? 'with a zero point' : 'without a zero point';
  util.assert(
    k <= limit,
    () => `${op}: K is ${k}, expected at most ${limit}, so that sums ${what} fit int32`,
  );
}

/** Neither operand's K is known: their rows must be as long, and neither may seem unpacked. */
function assertSameWidth(op: string, a: Tensor, b: Tensor): void {
  const widthA = widthOf(a);
  const widthB = widthOf(b);
  if (int8Words(widthB) === widthA) {
    assertPacked(op, 'b', b, 'int8', widthB, `a has shape ${shapeText(a.shape)}`);
  } else if (int8Words(widthA) === widthB) {
    assertPacked(op, 'a', a, 'int8', widthA, `b has shape ${shapeText(b.shape)}`);
  }
  util.assert(
    widthA === widthB,
    () =>
      `${op}: a has shape ${shapeText(a.shape)}, expected ${widthB} words a row, as b has: its ` +
      `shape is ${shapeText(b.shape)}`,
  );
}

/** Checks the rows of `a` `[…, M, words]` and `b` `[N, words]`, and returns their K or its bound. */
export function checkInt8Operands(op: string, a: Tensor, b: Tensor): number {
  assertFormat(op, 'a', a, 'int8');
  assertFormat(op, 'b', b, 'int8');
  const knownA = recallPacking(a);
  const knownB = recallPacking(b);
  if (knownB !== undefined) {
    assertPacked(op, 'a', a, 'int8', knownB.k, `K=${knownB.k}, as b was packed`);
    return knownB.k;
  }
  if (knownA !== undefined) {
    assertPacked(op, 'b', b, 'int8', knownA.k, `K=${knownA.k}, as a was packed`);
    return knownA.k;
  }
  assertSameWidth(op, a, b);
  return INT8_PER_WORD * widthOf(a);
}
