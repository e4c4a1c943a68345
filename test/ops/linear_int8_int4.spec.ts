import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import {
  dequantizeInt8,
  hadamard,
  linearInt8Int4,
  packInt4,
  packInt8,
  quantizeInt8,
  quantizeWeightInt4,
  rotate,
  type Rotation,
  type ScaleMethod,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, PRODUCT_SIZES, randomFloats, toTensor } from '../support/contents';
import { expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import {
  assertGroupedProduct,
  contentsOfWeights,
  type GroupedProduct,
  groupedProducts,
} from '../support/grouped_products';
import { anyFloats, assert, checkProperty } from '../support/properties';
import { int8Element } from '../support/references';

type Options = { method?: ScaleMethod; rotation?: Rotation };

function multiply(product: GroupedProduct, options: Options = {}): tf.Tensor {
  const { x, w, scales, zeros, bias, groupSize, activation } = product;
  return linearInt8Int4(
    ...([toTensor(x), toTensor(w), toTensor(scales), zeros ? toTensor(zeros) : null] as const),
    { bias: bias && toTensor(bias), groupSize, activation, ...options },
  );
}

/** @throws where an element of y is further from the true product than the contract allows. */
function assertWithinBound(y: tf.Tensor, product: GroupedProduct, options: Options = {}): void {
  const { values, scale } = quantizeInt8(toTensor(product.x), options);
  const words = contentsOf(values);
  const width = words.shape[words.shape.length - 1];
  const k = product.x.shape[product.x.shape.length - 1];
  const rowScales = contentsOf(scale).values;
  assertGroupedProduct(contentsOf(y), product, {
    // (K + 2) roundings: those of the sum, and the two of scales.
    roundings: k + 2,
    row: (row) => {
      const rowWords = words.values.slice(row * width, (row + 1) * width);
      return Array.from({ length: k }, (_, i) => int8Element(rowWords, i));
    },
    rowScale: (row) => rowScales[row],
  });
}

const methods = fc.constantFrom<ScaleMethod>('abs_max', 'quest');

describeOnBackends('linearInt8Int4', () => {
  it('quantizes x and multiplies, with scales and zero points a group', () => {
    const x = [
      [127, 1, 1, 1, 1, 1, 1, 1, 2, 4],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, -63.5],
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
    const y = linearInt8Int4(x, w, scales, zeros, { groupSize: 8 });
    expectSameBits(y, floats([2, 2], [28 + 40, -2, -636, 0]));
    const bias = [-100, 8];
    const relu = linearInt8Int4(x, w, scales, zeros, { groupSize: 8, bias, activation: 'relu' });
    expectSameBits(relu, floats([2, 2], [0, 6, 0, 8]));
    const relu6 = linearInt8Int4(x, w, scales, zeros, { groupSize: 8, bias, activation: 'relu6' });
    expectSameBits(relu6, floats([2, 2], [0, 6, 0, 6]));
  });

  it('takes 8 for zero points that are null', () => {
    const w = packInt4([[0, 15]]);
    const x = [
      [127, 0],
      [0, 127],
    ];
    expectSameBits(linearInt8Int4(x, w, [[2]], null), floats([2, 1], [-2032, 1776]));
    expectSameBits(linearInt8Int4([[127, 127]], w, [[2]]), floats([1, 1], [-254]));
  });

  it('is bf16(act(bias)) where K is 0', () => {
    const w = tf.zeros([2, 0], 'int32');
    const options = { bias: [-1, 1.00390625], activation: 'relu' } as const;
    const y = linearInt8Int4(tf.zeros([2, 0]), w, [[1], [1]], null, options);
    expectSameBits(y, floats([2, 2], [0, 1, 0, 1]));
  });

  it('keeps sums exact in groups as large as they may be', () => {
    const k = 1127288;
    const w = tf.fill([1, k / 8], -1, 'int32'); // elements of 15
    const x = tf.fill([1, k], 127);
    const y = linearInt8Int4(x, w, [[1]], [[0]]);
    expectSameBits(y, floats([1, 1], [2 ** 31]));
    const [wide, wideW] = [tf.zeros([1, k + 1]), tf.zeros([1, k / 8 + 1], 'int32')];
    expectError(
      () => linearInt8Int4(wide, wideW, [[1]]),
      'linearInt8Int4: the group size is 1127289, expected at most 1127288, so that the sums of ' +
        'groups fit int32',
    );
  });

  it('makes rows with NaN or infinity NaN, and columns with NaN scales, and no others', () => {
    const w = packInt4([
      [1, 2, 3],
      [9, 10, 11],
    ]);
    const x = [
      [1, NaN, 0],
      [127, 127, 127],
      [Infinity, 1, 1],
      [-Infinity, 1, 1],
    ];
    const y = Array.from(linearInt8Int4(x, w, [[1], [1]], null).dataSync());
    expect(y).toEqual([NaN, NaN, -2288, 760, NaN, NaN, NaN, NaN]);
    const relu = linearInt8Int4(x, w, [[1], [1]], null, { activation: 'relu' });
    expect(Array.from(relu.dataSync())).toEqual([NaN, NaN, 0, 760, NaN, NaN, NaN, NaN]);
    const z = Array.from(linearInt8Int4([[127, 127, 127]], w, [[NaN], [1]], null).dataSync());
    expect(z).toEqual([NaN, 760]);
  });

  it('is within the bound of the true product', () => {
    checkProperty(fc.tuple(groupedProducts(), methods), ([product, method]) => {
      const y = multiply(product, { method });
      const { x, w } = product;
      const shape = [...x.shape.slice(0, -1), w.shape[0]];
      assert(tf.util.arraysEqual(y.shape, shape), () => `shape [${y.shape}], expected [${shape}]`);
      assertWithinBound(y, product, { method });
    });
  });

  it('takes rows of any floats, denormal and not finite ones too', () => {
    checkProperty(groupedProducts(anyFloats), (product) =>
      assertWithinBound(multiply(product), product),
    );
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    for (const groupSize of [32, 128, k]) {
      it(`is within the bound for M=${m}, N=${n}, K=${k}, groups of ${groupSize}, every time`, () => {
        const kernel = toTensor<tf.Tensor2D>(randomFloats([k, n], 1));
        const product: GroupedProduct = {
          x: randomFloats([m, k], 2),
          ...contentsOfWeights(kernel, { groupSize, symmetric: groupSize === 128 }),
          bias: randomFloats([n], 3),
          activation: 'linear',
        };
        const y = multiply(product);
        expect(() => assertWithinBound(y, product)).not.toThrow();
        for (let i = 0; i < 2; i++) expectSameBits(multiply(product), contentsOf(y));
      });
    }
  }

  for (const [m, n, k, size] of [
    [1, 65, 512, 16],
    [3, 33, 384, 128],
    [40, 17, 1024, 1024],
  ]) {
    it(`rotates x first: M=${m}, N=${n}, K=${k}, blocks of ${size}`, () => {
      const x = toTensor(randomFloats([m, k], 1));
      const matrix = toTensor(randomFloats([size / 2, size / 2], 2));
      const product: GroupedProduct = {
        x: contentsOf(x),
        ...contentsOfWeights(toTensor<tf.Tensor2D>(randomFloats([k, n], 3)), { groupSize: 64 }),
        bias: randomFloats([n], 4),
        activation: 'relu',
      };
      for (const method of ['abs_max', 'quest'] as const) {
        for (const [rotation, turned] of [
          [{ hadamard: size }, hadamard(x, { blockSize: size })],
          [{ matrix }, rotate(x, matrix)],
        ] as [Rotation, tf.Tensor][]) {
          const y = multiply(product, { method, rotation });
          const apart = multiply({ ...product, x: contentsOf(turned) }, { method });
          expectSameBits(y, contentsOf(apart));
        }
      }
    });
  }

  it('comes near to the float32 product', () => {
    const x = tf.randomNormal<tf.Rank.R2>([4, 256], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R2>([256, 32], 0, 1, 'float32', 2);
    for (const symmetric of [true, false]) {
      const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 32, symmetric });
      const y = linearInt8Int4(x, values, scales, symmetric ? null : zeros);
      const difference = tf.norm(tf.sub(y, tf.matMul(x, kernel))).dataSync()[0];
      expect(difference / tf.norm(y).dataSync()[0]).toBeLessThan(0.15);
    }
  });

  it('takes the integers of quantizeInt8 for x', () => {
    const x = toTensor(randomFloats([3, 40], 1));
    const { values, scale } = quantizeInt8(x);
    const identity = packInt4(tf.add(8, tf.eye(40, 40, undefined, 'int32')));
    const seen = dequantizeInt8(values, scale, 40);
    const y = linearInt8Int4(x, identity, tf.ones([40, 1]), null);
    // One term an element: a rounding of it to bf16 is all there is.
    const [got, expected] = [y, seen].map((tensor) => contentsOf(tensor).values);
    got.forEach((value: number, i: number) =>
      expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(2 ** -8 * Math.abs(expected[i])),
    );
  });

  it('leaves nothing behind', () => {
    const w = packInt4([[1, 2, 3, 4]]);
    const x = [[1, 2, 3, 4]];
    expectNoLeak(() => linearInt8Int4(x, w, [[1]], [[8]], { bias: [1] }));
    const rotation = { matrix: tf.eye(2) };
    expectNoLeak(() => linearInt8Int4(x, w, [[1]], null, { rotation }));
  });
});

describeOnBackends('the arguments of linearInt8Int4', () => {
  it('must be packed, as int4', () => {
    const x = tf.ones([1, 12]);
    const unpacked = tf.ones([2, 12], 'int32');
    const packedInt8 = packInt8(unpacked);
    const packedShort = packInt4(tf.slice(unpacked, [0, 0], [2, 11]));
    expectError(
      () => linearInt8Int4(x, unpacked, [[1], [1]], null),
      'linearInt8Int4: w has shape [2,12], expected [2,2] (K=12, as x has); it seems unpacked, ' +
        'pack it first with tf.qutlass.packInt4, quantizeInt4 or quantizeWeightInt4',
    );
    expectError(
      () => linearInt8Int4(x, packedInt8, [[1], [1]], null),
      /linearInt8Int4: w is packed as int8, expected int4/,
    );
    expectError(
      () => linearInt8Int4(x, packedShort, [[1], [1]], null),
      'linearInt8Int4: w was packed with K=11, expected K=12 (K=12, as x has)',
    );
  });

  it('must match in shape, dtype and groups', () => {
    const x = tf.ones([1, 12]);
    const w = packInt4(tf.ones([2, 12], 'int32'));
    const scales = [[1], [1]];
    expectError(
      () => linearInt8Int4(x, w, [[1]], null),
      'linearInt8Int4: scales has shape [1,1], expected [2,1] (K=12, group size 12)',
    );
    expectError(
      () => linearInt8Int4(x, w, scales, null, { groupSize: 8 }),
      'linearInt8Int4: scales has shape [2,1], expected [2,2] (K=12, group size 8)',
    );
    expectError(
      () => linearInt8Int4(x, w, scales, null, { groupSize: 4 }),
      'linearInt8Int4: groupSize is 4, expected a multiple of 8, or K=12 or more',
    );
    expectError(
      () => linearInt8Int4(x, w, scales, [[8]]),
      'linearInt8Int4: zeros has shape [1,1], expected [2,1] (the shape of scales)',
    );
    expectError(
      () => linearInt8Int4(x, w, scales, null, { bias: [1] }),
      'linearInt8Int4: bias has shape [1], expected [2] (one a row of w)',
    );
    expectError(
      () => linearInt8Int4(w, w, scales, null),
      'linearInt8Int4: x has dtype int32, expected float32',
    );
    expectError(
      () => linearInt8Int4([1, 2], w, scales, null),
      'linearInt8Int4: x has shape [2], expected […, M, K]',
    );
  });

  it('must be options that there are', () => {
    const x = tf.ones([1, 12]);
    const w = packInt4(tf.ones([2, 12], 'int32'));
    const run = (options: object) => () => linearInt8Int4(x, w, [[1], [1]], null, options);
    expectError(
      run({ rotation: { hadamard: 16 } }),
      'linearInt8Int4: x has shape [1,12], expected K to be a multiple of 16 (the block size of ' +
        'hadamard)',
    );
    expectError(run({ method: 'rms' }), /method is 'rms', expected 'abs_max' or 'quest'/);
    expectError(
      run({ symmetric: false }),
      "linearInt8Int4: unknown option 'symmetric', expected 'groupSize', 'bias', 'activation', " +
        "'method' or 'rotation'",
    );
  });
});
