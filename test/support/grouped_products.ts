/** Products with int4 weights in groups: random ones, and what they are in real numbers. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { quantizeWeightInt4, type QuantizeWeightInt4Options } from '../../src/ops';
import { type Contents, contentsOf, floats, integers } from './contents';
import {
  activations,
  assert,
  batchShape,
  integersIn,
  moderateFloats,
  scales,
  size,
  words,
} from './properties';
import { int4Dot, nearestBf16, packedElement } from './references';

export interface GroupedProduct {
  x: Contents;
  w: Contents;
  scales: Contents;
  zeros: Contents | undefined;
  bias: Contents | undefined;
  groupSize: number;
  activation: 'linear' | 'relu' | 'relu6';
}

/** Words with any bits: the tails of rows of w, too, which must not matter; x of `rowsOf` its size. */
export function groupedProducts(rowsOf = moderateFloats): fc.Arbitrary<GroupedProduct> {
  return fc
    .tuple(
      fc.tuple(batchShape, size(4), size(9), size(70)),
      fc.constantFrom(8, 16, 24, 32, 128),
      fc.boolean(),
      fc.boolean(),
    )
    .chain(([[batch, m, n, k], groupSize, hasZeros, hasBias]) => {
      const rows = tf.util.sizeFromShape(batch) * m;
      const groups = Math.max(1, Math.ceil(k / groupSize));
      return fc.record({
        x: rowsOf(rows * k).map((values) => floats([...batch, m, k], values)),
        w: words(n * Math.ceil(k / 8)).map((values) => integers([n, Math.ceil(k / 8)], values)),
        scales: scales(n * groups).map((values) => floats([n, groups], values)),
        zeros: hasZeros
          ? integersIn(0, 15, n * groups).map((values) => integers([n, groups], values))
          : fc.constant(undefined),
        bias: hasBias
          ? moderateFloats(n).map((values) => floats([n], values))
          : fc.constant(undefined),
        groupSize: fc.constant(groupSize),
        activation: activations,
      });
    });
}

/** What `quantizeWeightInt4` makes of a kernel `[K, N]`, without the zeros of symmetric groups. */
export function contentsOfWeights(
  kernel: tf.Tensor2D,
  options: QuantizeWeightInt4Options & { groupSize: number },
): Pick<GroupedProduct, 'w' | 'scales' | 'zeros' | 'groupSize'> {
  const { values, scales, zeros } = quantizeWeightInt4(kernel, options);
  return {
    w: contentsOf(values),
    scales: contentsOf(scales),
    zeros: options.symmetric === true ? undefined : contentsOf(zeros),
    groupSize: options.groupSize,
  };
}

/** What is multiplied in place of x. */
export interface Rows {
  /** The elements of a row of x. */
  row: (row: number) => number[];
  /** What one unit of a row is worth. */
  rowScale: (row: number) => number;
  /** How many roundings of 2⁻²⁴ a sum may have. */
  roundings: number;
}

/** @throws where an element of y is further from the true product than a float32 sum may be. */
export function assertGroupedProduct(
  y: Contents,
  { x, w, scales, zeros, bias, groupSize, activation }: GroupedProduct,
  { row: elementsOf, rowScale, roundings }: Rows,
): void {
  const k = x.shape[x.shape.length - 1];
  const [n, width] = w.shape;
  const groups = scales.shape[1];
  const each = <T>(element: (i: number) => T) => Array.from({ length: k }, (_, i) => element(i));
  const rows = Array.from({ length: n === 0 ? 0 : y.values.length / n }, (_, row) => ({
    elements: elementsOf(row),
    scale: rowScale(row),
  }));
  for (let column = 0; column < n; column++) {
    const columnWords = w.values.slice(column * width, (column + 1) * width);
    const groupOf = (i: number) => column * groups + Math.floor(i / groupSize);
    const zeroOf = (i: number) => zeros?.values[groupOf(i)] ?? 8;
    const differences = each((i) => packedElement(columnWords, 4, i) - zeroOf(i));
    const elementScales = each((i) => scales.values[groupOf(i)]);
    rows.forEach(({ elements, scale }, row) => {
      const { value, tolerance } = int4Dot({
        x: elements,
        differences,
        scales: elementScales,
        rowScale: scale,
        bias: bias?.values[column],
        activation,
        roundings,
      });
      const got = y.values[row * n + column];
      const where = `at [${row},${column}]: got ${got}`;
      assert(
        Number.isFinite(value) ? Math.abs(got - value) <= tolerance : Object.is(got, value),
        () => `${where}, expected ${value} ± ${tolerance}`,
      );
      assert(Object.is(got, nearestBf16(got)), () => `${where}, which is not a bf16 value`);
    });
  }
}
