import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { hadamard, rotate } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, randomFloats, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, batchShape, checkProperty, size } from '../support/properties';
import { blockwise, rotatedBlock } from '../support/references';

const rows = fc
  .tuple(batchShape, fc.integer({ min: 1, max: 9 }), size(4))
  .chain(([batch, n, blocks]) => {
    const shape = [...batch, blocks * n];
    return fc.record({
      x: anyFloats(tf.util.sizeFromShape(shape)).map((values) => floats(shape, values)),
      matrix: anyFloats(n * n).map((values) => floats([n, n], values)),
    });
  });

function nested({ shape, values }: { shape: number[]; values: ArrayLike<number> }): number[][] {
  const [n] = shape;
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => values[i * n + j]),
  );
}

describeOnBackends('rotate', () => {
  it('multiplies each block by the matrix', () => {
    const y = rotate(
      [[1, 2, 3, 4]],
      [
        [1, 10],
        [0, -1],
      ],
    );
    expectSameBits(y, floats([1, 4], [1, 8, 3, 26]));
  });

  it('adds up in float32, in ascending order, without fusing', () => {
    // 2²⁴ + 1 - 2²⁴: the 1 is lost where it comes before the last.
    expectSameBits(rotate([2 ** 24, 1, -(2 ** 24)], tf.ones([3, 3])), floats([3], [0, 0, 0]));
    expectSameBits(rotate([2 ** 24, -(2 ** 24), 1], tf.ones([3, 3])), floats([3], [1, 1, 1]));
    // (1 + 2⁻¹²)² - 1 - 2⁻¹¹ is 2⁻²⁴ before it is rounded.
    const edge = 1 + 2 ** -12;
    const matrix = [
      [-1, 0],
      [edge, 1],
    ];
    expectSameBits(rotate([edge * edge, edge], matrix), floats([2], [0, edge]));
  });

  it('has the bits of float32 sums for any values', () => {
    checkProperty(rows, ({ x, matrix }) => {
      const expected = blockwise(x.values, matrix.shape[0], (block) =>
        rotatedBlock(block, nested(matrix)),
      );
      assertSameBits(rotate(toTensor(x), toTensor(matrix)), floats(x.shape, expected));
    });
  });

  for (const n of [31, 64, 130]) {
    it(`has the bits of float32 sums in blocks of ${n}`, () => {
      const [x, matrix] = [randomFloats([5, 3 * n], n), randomFloats([n, n], 2)];
      const expected = blockwise(x.values, n, (block) => rotatedBlock(block, nested(matrix)));
      expectSameBits(rotate(toTensor(x), toTensor(matrix)), floats(x.shape, expected));
    });
  }

  it('is hadamard where the matrix is that', () => {
    const x = toTensor(randomFloats([4, 128], 1));
    const matrix = hadamard<Tensor2D>(tf.eye(64), { blockSize: 64 });
    const difference = tf.sub(rotate(x, matrix), hadamard(x, { blockSize: 64 }));
    expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(2e-6);
  });

  it('takes rows of no elements, and no rows', () => {
    expect(rotate(tf.zeros([2, 0]), tf.eye(3)).shape).toEqual([2, 0]);
    expect(contentsOf(rotate(tf.zeros([0, 6]), tf.eye(3))).shape).toEqual([0, 6]);
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => rotate([1, 2], [[3]]));
  });

  it('refuses other arguments', () => {
    const x = tf.ones([2, 8]);
    for (const shape of [[3, 4], [0, 0], [4]]) {
      expectError(
        () => tf.tidy(() => rotate(x, tf.ones(shape))),
        `rotate: matrix has shape [${shape}], expected [n, n] with n of 1 or more`,
      );
    }
    const matrix = tf.ones([3, 3]);
    expectError(
      () => rotate(x, matrix),
      'rotate: x has shape [2,8], expected K to be a multiple of 3 (the size of matrix)',
    );
    expectError(() => rotate(1, [[1]]), 'rotate: x has shape [], expected […, K]');
    const integers = tf.ones([2, 2], 'int32');
    expectError(() => rotate(x, integers), 'rotate: matrix has dtype int32, expected float32');
  });
});
