/** The operands of a product of two packed matrices. */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import {
  MAX_GROUP_INT8_INT4,
  MAX_K_INT4_INT4,
  MAX_K_INT8,
  MAX_K_INT8_ZERO_POINT,
} from '../kernels/cpu/layout';
import {
  assertFormat,
  assertPacked,
  type PackedFormat,
  packedLayout,
  perWord,
  recallPacking,
  wordsOf,
} from './packed';
import {
  assertMinRank,
  assertRank,
  assertShape,
  assertShapeOrScalar,
  leadingShape,
  widthOf,
} from './shapes';
import { toOptionalTensor, toTensor } from './tensor_arguments';
import { shapeText } from './values';

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

/** Checks that the sum of a group of int8 times int4 is exact in int32. */
export function assertExactInt8Int4Sums(op: string, groupSize: number): void {
  util.assert(
    groupSize <= MAX_GROUP_INT8_INT4,
    () =>
      `${op}: the group size is ${groupSize}, expected at most ${MAX_GROUP_INT8_INT4}, so that the ` +
      `sums of groups fit int32`,
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
function checkWidths(op: string, format: PackedFormat, a: Tensor, b: Tensor): number {
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

interface Arguments<T> {
  a: T;
  b: T;
  sa: T;
  sb: T;
  bias: T | undefined;
}

/** Tensors of the right dtypes, whose shapes fit each other, and their K or its bound. */
export function readPackedOperands(
  op: string,
  format: PackedFormat,
  { a, b, sa, sb, bias }: Arguments<Tensor | TensorLike>,
): { operands: Arguments<Tensor>; k: number } {
  const operands = {
    a: toTensor(op, 'a', a, 'int32'),
    b: toTensor(op, 'b', b, 'int32'),
    sa: toTensor(op, 'sa', sa, 'float32'),
    sb: toTensor(op, 'sb', sb, 'float32'),
    bias: toOptionalTensor(op, 'bias', bias, 'float32'),
  };
  assertMinRank(op, 'a', operands.a, 2, `[…, M, ${packedLayout(format)}]`);
  assertRank(op, 'b', operands.b, 2, `[N, ${packedLayout(format)}]`);
  const k = checkWidths(op, format, operands.a, operands.b);
  const outputs = leadingShape(operands.b);
  assertShapeOrScalar(op, 'sa', operands.sa, leadingShape(operands.a), 'one a row of a');
  assertShapeOrScalar(op, 'sb', operands.sb, outputs, 'one a row of b');
  assertShape(op, 'bias', operands.bias, outputs, 'one a row of b');
  return { operands, k };
}
