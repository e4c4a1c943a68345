/** Products of integers: random ones, and what they are exactly. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { floats, integers, type Contents } from './contents';
import {
  activations,
  anyFloats,
  batchShape,
  integersIn,
  moderateFloats,
  size,
  words,
} from './properties';
import { int8Dot } from './references';

export interface PackedProduct {
  a: Contents;
  b: Contents;
  sa: Contents;
  sb: Contents;
  /** Of int8 alone. */
  aZero?: Contents;
  bias: Contents | undefined;
  activation: 'linear' | 'relu' | 'relu6';
}

/** Words with any bits, with each option present or absent; scales are `floatsOf` their number. */
export function packedProducts(floatsOf: typeof anyFloats): fc.Arbitrary<PackedProduct> {
  return fc
    .tuple(batchShape, size(5), size(9), size(12), fc.tuple(...new Array(3).fill(fc.boolean())))
    .chain(([batch, m, n, width, [scalarSa, scalarSb, hasBias]]) => {
      const rows = tf.util.sizeFromShape(batch) * m;
      const saShape = scalarSa ? [] : [...batch, m];
      const sbShape = scalarSb ? [] : [n];
      return fc.record({
        a: words(rows * width).map((values) => integers([...batch, m, width], values)),
        b: words(n * width).map((values) => integers([n, width], values)),
        sa: floatsOf(scalarSa ? 1 : rows).map((values) => floats(saShape, values)),
        sb: floatsOf(scalarSb ? 1 : n).map((values) => floats(sbShape, values)),
        bias: hasBias
          ? moderateFloats(n).map((values) => floats([n], values))
          : fc.constant(undefined),
        activation: activations,
      });
    });
}

/** The same, every other one with zero points of the rows of a. */
export function packedProductsWithZeros(floatsOf: typeof anyFloats): fc.Arbitrary<PackedProduct> {
  return fc.tuple(packedProducts(floatsOf), fc.boolean()).chain(([product, hasZero]) => {
    if (!hasZero) return fc.constant(product);
    const shape = product.a.shape.slice(0, -1);
    return integersIn(-128, 127, tf.util.sizeFromShape(shape)).map((values) => ({
      ...product,
      aZero: integers(shape, values),
    }));
  });
}

/** How elements lie in words. */
export interface Layout {
  perWord: number;
  elementAt: (words: ArrayLike<number>, index: number) => number;
}

/** The product by BigInt sums. */
export function exactProduct(
  { a, b, sa, sb, aZero, bias, activation }: PackedProduct,
  { perWord, elementAt }: Layout,
): Contents {
  const [n, width] = b.shape;
  const shape = [...a.shape.slice(0, -1), n];
  const elements = ({ values }: Contents, row: number) => {
    const words = values.slice(row * width, (row + 1) * width);
    return Array.from({ length: perWord * width }, (_, i) => elementAt(words, i));
  };
  const scaleOf = ({ shape, values }: Contents, i: number) => values[shape.length === 0 ? 0 : i];
  const y = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    return int8Dot({
      a: elements(a, row),
      b: elements(b, column),
      sa: scaleOf(sa, row),
      sb: scaleOf(sb, column),
      aZero: aZero?.values[row],
      bias: bias?.values[column],
      activation,
    });
  });
  return floats(shape, y);
}

/** Dense layers with weights `[N, K]` in lowest…highest that are yet to be packed. */
export function integerLayers(lowest: number, highest: number) {
  return fc
    .tuple(batchShape, size(4), size(9), size(40), fc.tuple(...new Array(2).fill(fc.boolean())))
    .chain(([batch, m, n, k, [scalarScale, hasBias]]) =>
      fc.record({
        x: anyFloats(tf.util.sizeFromShape(batch) * m * k).map((values) =>
          floats([...batch, m, k], values),
        ),
        weights: integersIn(lowest, highest, n * k).map((values) => integers([n, k], values)),
        wScale: anyFloats(scalarScale ? 1 : n).map((values) =>
          floats(scalarScale ? [] : [n], values),
        ),
        bias: hasBias
          ? moderateFloats(n).map((values) => floats([n], values))
          : fc.constant(undefined),
        activation: activations,
      }),
    );
}
