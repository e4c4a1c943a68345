/** The two packed operands of a product of integers. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import {
  INT4_PER_WORD,
  INT8_PER_WORD,
  MAX_K_INT4_INT4,
  MAX_K_INT8,
  MAX_K_INT8_ZERO_POINT,
} from '../kernels/cpu/layout';
import { assertFormat, assertPacked, type PackedFormat, recallPacking, wordsOf } from './packed';
import { widthOf } from './shapes';
import { shapeText } from './values';

const perWord = { int8: INT8_PER_WORD, int4: INT4_PER_WORD };

/** Checks that sums of int8 products over `k` elements are exact in int32. */
export function assertExactInt8Sums(op: string, k: number, hasZeroPoint: boolean): void {
  const limit = hasZeroPoint ? MAX_K_INT8_ZERO_POINT : MAX_K_INT8;
  const what = hasZeroPoint ? 'with a zero point' : 'without a zero point';
  util.assert(
    k <= limit,
    () => `${op}: K is ${k}, expected at most ${limit}, so that sums ${what} fit int32`,
  );
}

/** The same for products of two int4 operands. */
export function assertExactInt4Sums(op: string, k: number): void {
  util.assert(
    k <= MAX_K_INT4_INT4,
    () => `${op}: K is ${k}, expected at most ${MAX_K_INT4_INT4}, so that sums fit int32`,
  );
}

/** Neither operand's K is known: their rows must be as long, and neither may seem unpacked. */
function assertSameWidth(op: string, format: PackedFormat, a: Tensor, b: Tensor): void {
  const widthA = widthOf(a);
  const widthB = widthOf(b);
  if (wordsOf[format](widthB) === widthA) {
    assertPacked(op, 'b', b, format, widthB, `a has shape ${shapeText(a.shape)}`);
  } else if (wordsOf[format](widthA) === widthB) {
    assertPacked(op, 'a', a, format, widthA, `b has shape ${shapeText(b.shape)}`);
  }
  util.assert(
    widthA === widthB,
    () =>
      `${op}: a has shape ${shapeText(a.shape)}, expected ${widthB} words a row, as b has: its ` +
      `shape is ${shapeText(b.shape)}`,
  );
}

/** Checks the rows of `a` `[…, M, words]` and `b` `[N, words]`, and returns their K or its bound. */
export function checkPackedOperands(
  op: string,
  format: PackedFormat,
  a: Tensor,
  b: Tensor,
): number {
  assertFormat(op, 'a', a, format);
  assertFormat(op, 'b', b, format);
  const knownA = recallPacking(a);
  const knownB = recallPacking(b);
  if (knownB !== undefined) {
    assertPacked(op, 'a', a, format, knownB.k, `K=${knownB.k}, as b was packed`);
    return knownB.k;
  }
  if (knownA !== undefined) {
    assertPacked(op, 'b', b, format, knownA.k, `K=${knownA.k}, as a was packed`);
    return knownA.k;
  }
  assertSameWidth(op, format, a, b);
  return perWord[format] * widthOf(a);
}
