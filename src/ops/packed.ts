/**
 * What is known of packed tensors. A packed int32 tensor does not show how many elements its rows
 * have, nor that it is packed at all, so the ops that pack remember it, by dataId: clones and kept
 * tensors share the memory, and it goes when the data goes. Tensors from elsewhere (a file, a
 * variable that was assigned to) are taken as they come.
 */
import { util } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

import { INT4_PER_WORD, INT8_PER_WORD, int4Words, int8Words } from '../kernels/cpu/layout';
import { leadingShape, widthOf } from './shapes';
import { shapeText } from './values';

export type PackedFormat = 'int8' | 'int4';

/** How a tensor was packed. */
export interface Packing {
  format: PackedFormat;
  /** Elements a row. */
  k: number;
  /** Elements along K that share a scale, where that was settled with the packing. */
  groupSize?: number;
  /** Of int4: whether 8 stands for 0 everywhere. */
  signed?: boolean;
}

const packings = new WeakMap<object, Packing>();

/** The words of a row of K elements. */
export const wordsOf = { int8: int8Words, int4: int4Words };
/** The elements of a word. */
export const perWord = { int8: INT8_PER_WORD, int4: INT4_PER_WORD };
const packersOf = {
  int8: 'tf.qutlass.packInt8, quantizeInt8 or quantizeWeightInt8',
  int4: 'tf.qutlass.packInt4, quantizeInt4 or quantizeWeightInt4',
};

/** How messages write the last axis: 'ceil(K/8)'. */
export function packedLayout(format: PackedFormat): string {
  return `ceil(K/${perWord[format]})`;
}

/** Remembers how `tensor` was packed, and returns it. */
export function rememberPacking<T extends Tensor>(tensor: T, packing: Packing): T {
  packings.set(tensor.dataId, packing);
  return tensor;
}

/** How `tensor` was packed, unless that is unknown or a reshape has changed its rows since. */
export function recallPacking(tensor: Tensor): Packing | undefined {
  const packing = packings.get(tensor.dataId);
  return packing && wordsOf[packing.format](packing.k) === widthOf(tensor) ? packing : undefined;
}

/** Checks that `tensor` is not known to be packed in the other format. */
export function assertFormat(op: string, name: string, tensor: Tensor, format: PackedFormat): void {
  const packing = recallPacking(tensor);
  util.assert(
    packing === undefined || packing.format === format,
    () =>
      `${op}: ${name} is packed as ${packing!.format}, expected ${format}: pack it with ` +
      packersOf[format],
  );
}

/** The likeliest mistake: one element a word. */
function unpackedHint(tensor: Tensor, format: PackedFormat, k: number): string {
  return packings.has(tensor.dataId) || widthOf(tensor) !== k
    ? ''
    : `; it seems unpacked, pack it first with ${packersOf[format]}`;
}

/** Checks that the rows of `tensor` are `k` elements packed as `format`; `reason` explains `k`. */
export function assertPacked(
  op: string,
  name: string,
  tensor: Tensor,
  format: PackedFormat,
  k: number,
  reason: string,
): void {
  assertFormat(op, name, tensor, format);
  const packing = recallPacking(tensor);
  util.assert(
    packing === undefined || packing.k === k,
    () => `${op}: ${name} was packed with K=${packing!.k}, expected K=${k} (${reason})`,
  );
  const expected = [...leadingShape(tensor), wordsOf[format](k)];
  util.assert(
    util.arraysEqual(tensor.shape, expected),
    () =>
      `${op}: ${name} has shape ${shapeText(tensor.shape)}, expected ${shapeText(expected)} ` +
      `(${reason})${unpackedHint(tensor, format, k)}`,
  );
}

/** Checks that `tensor` is not known to be int4 with zero points or several scales a row. */
export function assertSigned(op: string, name: string, tensor: Tensor): void {
  const packing = recallPacking(tensor);
  util.assert(
    packing?.signed !== false,
    () =>
      `${op}: ${name} is packed as unsigned int4, expected signed: pack it with tf.qutlass.packInt4 ` +
      `and signed: true, quantizeInt4, or quantizeWeightInt4 and symmetric: true`,
  );
  util.assert(
    packing?.groupSize === undefined || packing.groupSize >= packing.k,
    () =>
      `${op}: ${name} was quantized in groups of ${packing!.groupSize}, expected one group a row ` +
      `(K=${packing!.k})`,
  );
}
