import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { matmulInt4Bf16, packInt4, quantizeWeightInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import {
  contentsOf,
  floats,
  integers,
  PRODUCT_SIZES,
  randomFloats,
  toTensor,
} from '../support/contents';
import type { Contents } from '../support/contents';
import { expectNoLeak, expectSameBits } from '../support/expectations';
import {
  activations,
  assert,
  batchShape,
  checkProperty,
  integersIn,
  moderateFloats,
  scales,
  size,
  words,
} from '../support/properties';
import { int4Dot, nearestBf16, packedElement } from '../support/references';

interface Product {
  x: Contents;
  w: Contents;
  scales: Contents;
  zeros: Contents | undefined;
  bias: Contents | undefined;
  groupSize: number;
  activation: 'linear' | 'relu' | 'relu6';
}

/** Products of words with any bits: the tails of rows of w, too, which must not matter. */
const products: fc.Arbitrary<Product> = fc
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
      x: moderateFloats(rows * k).map((values) => floats([...batch, m, k], values)),
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

function multiply({ x, w, scales, zeros, bias, groupSize, activation }: Product): tf.Tensor {
  return matmulInt4Bf16(
    toTensor(x),
    toTensor(w),
    toTensor(scales),
    zeros ? toTensor(zeros) : null,
    { bias: bias && toTensor(bias), groupSize, activation },
  );
}

/** @throws where an element of y is further from the true product than a float32 sum may be. */
function assertWithinBound(y: Contents, product: Product): void {
  const { x, w, scales, zeros, bias, groupSize, activation } = product;
  const k = x.shape[x.shape.length - 1];
  const [n, width] = w.shape;
  const groups = scales.shape[1];
  const each = <T>(element: (i: number) => T) => Array.from({ length: k }, (_, i) => element(i));
  for (let column = 0; column < n; column++) {
    const columnWords = w.values.slice(column * width, (column + 1) * width);
    const groupOf = (i: number) => column * groups + Math.floor(i / groupSize);
    const zeroOf = (i: number) => zeros?.values[groupOf(i)] ?? 8;
    const differences = each((i) => packedElement(columnWords, 4, i) - zeroOf(i));
    const elementScales = each((i) => scales.values[groupOf(i)]);
    for (let row = 0; row * n < y.values.length; row++) {
      const { value, tolerance } = int4Dot({
        x: Array.from(x.values.slice(row * k, (row + 1) * k)),
        differences,
        scales: elementScales,
        bias: bias?.values[column],
        activation,
      });
      const got = y.values[row * n + column];
      const where = `at [${row},${column}]: got ${got}`;
      assert(
        Math.abs(got - value) <= tolerance,
        () => `${where}, expected ${value} ± ${tolerance}`,
      );
      assert(Object.is(got, nearestBf16(got)), () => `${where}, which is not a bf16 value`);
    }
  }
}

describeOnBackends('matmulInt4Bf16', () => {
  it('multiplies rows by rows, with scales and zero points a group', () => {
    const x = [
      [1, 1, 1, 1, 1, 1, 1, 1, 2, 4],
      [1, 0, 0, 0, 0, 0, 0, 0, 0, -1],
    ];
    const w = packInt4([
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [15, 15, 15, 15, 15, 15, 15, 15, 0, 1],
    ]);
    const scales = [
      [1, 10],
      [0.5, 1],
    ];
    const zeros = [
      [0, 8],
      [15, 1],
    ];
    const y = matmulInt4Bf16(x, w, scales, zeros, { groupSize: 8 });
    expectSameBits(y, floats([2, 2], [28 + 40, -2, -10, 0]));
    const bias = [-100, 8];
    const relu = matmulInt4Bf16(x, w, scales, zeros, { groupSize: 8, bias, activation: 'relu' });
    expectSameBits(relu, floats([2, 2], [0, 6, 0, 8]));
    const relu6 = matmulInt4Bf16(x, w, scales, zeros, { groupSize: 8, bias, activation: 'relu6' });
    expectSameBits(relu6, floats([2, 2], [0, 6, 0, 6]));
  });

  it('takes 8 for zero points that are null', () => {
    const w = packInt4([[0, 15]]);
    expectSameBits(
      matmulInt4Bf16(
        [
          [1, 0],
          [0, 1],
        ],
        w,
        [[2]],
        null,
      ),
      floats([2, 1], [-16, 14]),
    );
    expectSameBits(matmulInt4Bf16([[1, 1]], w, [[2]]), floats([1, 1], [-2]));
  });

  it('rounds x to bf16 before it multiplies', () => {
    const w = packInt4([[9]]);
    const x = [[1 + 2 ** -8], [1 + 3 * 2 ** -8]];
    expectSameBits(matmulInt4Bf16(x, w, [[1]], null), floats([2, 1], [1, 1 + 2 ** -6]));
  });

  it('is bf16(act(bias)) where K is 0', () => {
    const x = tf.zeros([2, 0]);
    const w = tf.zeros([2, 0], 'int32');
    const options = { bias: [-1, 1.00390625], activation: 'relu' } as const;
    const y = matmulInt4Bf16(x, w, [[1], [1]], null, options);
    expectSameBits(y, floats([2, 2], [0, 1, 0, 1]));
  });

  it('keeps NaN and infinity to the rows of x, and NaN scales to the columns, they come from', () => {
    const w = packInt4([
      [1, 2, 3],
      [9, 10, 11],
    ]);
    const x = [
      [1, NaN, 0],
      [1, 1, 1],
      [Infinity, 1, 1],
    ];
    const y = Array.from(matmulInt4Bf16(x, w, [[1], [1]], null).dataSync());
    expect(y).toEqual([NaN, NaN, -18, 6, -Infinity, Infinity]);
    const z = Array.from(matmulInt4Bf16([[1, 1, 1]], w, [[NaN], [1]], null).dataSync());
    expect(z).toEqual([NaN, 6]);
  });

  it('is within the bound of the true product', () => {
    checkProperty(products, (product) => {
      const y = contentsOf(multiply(product));
      const { x, w } = product;
      const shape = [...x.shape.slice(0, -1), w.shape[0]];
      assert(tf.util.arraysEqual(y.shape, shape), () => `shape [${y.shape}], expected [${shape}]`);
      assertWithinBound(y, product);
    });
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    for (const groupSize of [32, k]) {
      it(`is within the bound for M=${m}, N=${n}, K=${k}, groups of ${groupSize}, every time`, () => {
        const kernel = toTensor(randomFloats([k, n], 1));
        const weights = quantizeWeightInt4(kernel, { groupSize });
        const product: Product = {
          x: randomFloats([m, k], 2),
          w: contentsOf(weights.values),
          scales: contentsOf(weights.scales),
          zeros: contentsOf(weights.zeros),
          bias: randomFloats([n], 3),
          groupSize,
          activation: 'linear',
        };
        const y = multiply(product);
        expect(() => assertWithinBound(contentsOf(y), product)).not.toThrow();
        for (let i = 0; i < 2; i++) expectSameBits(multiply(product), contentsOf(y));
      });
    }
  }

  it('comes near to the float32 product', () => {
    const x = tf.randomNormal<tf.Rank.R2>([4, 256], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R2>([256, 32], 0, 1, 'float32', 2);
    for (const symmetric of [true, false]) {
      const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 32, symmetric });
      const y = matmulInt4Bf16(x, values, scales, symmetric ? null : zeros);
      const difference = tf.norm(tf.sub(y, tf.matMul(x, kernel))).dataSync()[0];
      expect(difference / tf.norm(y).dataSync()[0]).toBeLessThan(0.15);
    }
  });

  it('leaves nothing behind', () => {
    const w = packInt4([[1, 2, 3]]);
    expectNoLeak(() => matmulInt4Bf16([[1, 2, 3]], w, [[1]], [[8]], { bias: [1] }));
  });
});
