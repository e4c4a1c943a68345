import * as tf from '@tensorflow/tfjs-core';

import { matmulInt4Bf16, packInt4, quantizeWeightInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, PRODUCT_SIZES, randomFloats, toTensor } from '../support/contents';
import type { Contents } from '../support/contents';
import { expectNoLeak, expectSameBits } from '../support/expectations';
import {
  assertGroupedProduct,
  contentsOfWeights,
  type GroupedProduct,
  groupedProducts,
} from '../support/grouped_products';
import { assert, checkProperty } from '../support/properties';

function multiply({ x, w, scales, zeros, bias, groupSize, activation }: GroupedProduct): tf.Tensor {
  return matmulInt4Bf16(
    toTensor(x),
    toTensor(w),
    toTensor(scales),
    zeros ? toTensor(zeros) : null,
    { bias: bias && toTensor(bias), groupSize, activation },
  );
}

/** @throws where an element of y is further from the true product than a float32 sum may be. */
function assertWithinBound(y: Contents, product: GroupedProduct): void {
  const { shape, values } = product.x;
  const k = shape[shape.length - 1];
  assertGroupedProduct(y, product, {
    roundings: k,
    row: (row) => Array.from(values.slice(row * k, (row + 1) * k)),
    rowScale: () => 1,
  });
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
    checkProperty(groupedProducts(), (product) => {
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
        const kernel = toTensor<tf.Tensor2D>(randomFloats([k, n], 1));
        const product: GroupedProduct = {
          x: randomFloats([m, k], 2),
          ...contentsOfWeights(kernel, { groupSize }),
          bias: randomFloats([n], 3),
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
