import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import {
  hadamard,
  linearInt4,
  linearInt8,
  linearInt8Int4,
  quantizeInt4,
  quantizeWeightInt4,
  quantizeWeightInt8,
  rotate,
  type Rotation,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { expectNoLeak } from '../support/expectations';

const random = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number) =>
  tf.randomNormal<R>(shape, 0, 1, 'float32', seed);

function expectClose(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  const furthest = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
  expect(furthest).toBeLessThan(1e-5);
}

/** Blocks of rows, one after the other. */
const blocksOf = (x: Tensor, n: number) => tf.reshape(x, [-1, n]);

describeOnBackends('The gradient of a rotation', () => {
  it('of hadamard is hadamard of it', () => {
    const [x, dy] = [random([2, 3, 64], 1), random([2, 3, 64], 2)];
    const dx = tf.grad((x) => hadamard(x, { blockSize: 32 }))(x, dy);
    const matrix = hadamard<Tensor2D>(tf.eye(32), { blockSize: 32 });
    const expected = tf.matMul(blocksOf(dy, 32), matrix, false, true);
    expectClose(dx, tf.reshape(expected, x.shape));
  });

  it('of rotate is that by the transposed matrix, for x', () => {
    const [x, dy] = [random([2, 3, 10], 1), random([2, 3, 10], 2)];
    const matrix = random<tf.Rank.R2>([5, 5], 3);
    const dx = tf.grad((x) => rotate(x, matrix))(x, dy);
    const expected = tf.matMul(blocksOf(dy, 5), matrix, false, true);
    expectClose(dx, tf.reshape(expected, x.shape));
  });

  it('of rotate is that of finite differences, for the matrix', () => {
    const n = 3;
    const [x, dy] = [random([4, 2 * n], 1), random([4, 2 * n], 2)];
    const matrix = random<tf.Rank.R2>([n, n], 3);
    const dMatrix = tf.grad((matrix) => rotate(x, matrix))(matrix, dy);
    const slopes = Array.from({ length: n * n }, (_, i) => {
      // The loss is linear in the matrix, so that a large step is as exact as a small one.
      const step = tf.reshape(tf.oneHot([i], n * n), [n, n]);
      const lossAt = (changed: Tensor) => tf.sum(tf.mul(rotate(x, changed), dy)).dataSync()[0];
      return (lossAt(tf.add(matrix, step)) - lossAt(tf.sub(matrix, step))) / 2;
    });
    expectClose(dMatrix, tf.tensor(slopes, [n, n]));
  });

  it('is defined where there are no rows or no elements', () => {
    for (const shape of [
      [0, 4],
      [3, 0],
    ]) {
      const x = tf.zeros(shape);
      const run = (x: Tensor, matrix: Tensor) => rotate(x, matrix);
      const [dx, dMatrix] = tf.grads(run)([x, tf.eye(4)], x);
      expect(dx.shape).toEqual(shape);
      expectClose(dMatrix, tf.zeros([4, 4]));
    }
  });

  it('can be taken again', () => {
    const x = random([2, 32], 1);
    const loss = (x: Tensor) => tf.square(hadamard(x, { blockSize: 16 }));
    const second = tf.grad((x) => tf.grad(loss)(x))(x);
    expectClose(second, tf.mul(2, tf.onesLike(x)));
  });

  it('leaves nothing behind', () => {
    const [x, matrix] = [random([2, 32], 1), random([4, 4], 2)];
    expectNoLeak(() => tf.grad((x) => hadamard(x, { blockSize: 16 }))(x));
    expectNoLeak(() => tf.grads((x, matrix) => rotate(x, matrix))([x, matrix]));
  });
});

describeOnBackends('The gradient of a linear op with a rotation', () => {
  const [m, n, k] = [5, 6, 96];
  const int8 = () => quantizeWeightInt8(random<tf.Rank.R2>([k, n], 1));
  const int4 = () => quantizeInt4(random([n, k], 1));
  type Linear = (x: Tensor, bias: Tensor, rotation?: Rotation) => Tensor;

  const groupedInt4 = () => quantizeWeightInt4(random<tf.Rank.R2>([k, n], 1), { groupSize: 32 });
  const linears: [string, () => Linear][] = [
    [
      'linearInt8',
      () => {
        const { values, scale } = int8();
        return (x, bias, rotation) =>
          linearInt8(x, values, scale, { bias, rotation, activation: 'relu', symmetric: false });
      },
    ],
    [
      'linearInt8Int4',
      () => {
        const { values, scales, zeros } = groupedInt4();
        return (x, bias, rotation) => {
          const options = { bias, rotation, activation: 'relu', method: 'quest' } as const;
          return linearInt8Int4(x, values, scales, zeros, options);
        };
      },
    ],
    [
      'linearInt4',
      () => {
        const { values, scale } = int4();
        return (x, bias, rotation) =>
          linearInt4(x, values, scale, { bias, rotation, activation: 'relu', method: 'quest' });
      },
    ],
  ];
  const rotations: [string, () => { rotation: Rotation; turn: (x: Tensor) => Tensor }][] = [
    [
      'hadamard',
      () => ({ rotation: { hadamard: 32 }, turn: (x) => hadamard(x, { blockSize: 32 }) }),
    ],
    [
      'a matrix',
      () => {
        const matrix = random([12, 12], 5);
        return { rotation: { matrix }, turn: (x) => rotate(x, matrix) };
      },
    ],
  ];

  it('of linearInt8Int4 is that of rotate, for the matrix', () => {
    const { values, scales, zeros } = groupedInt4();
    const [x, matrix, dy] = [random([m, k], 2), random<tf.Rank.R2>([12, 12], 3), random([m, n], 4)];
    const fused = tf.grad((matrix) =>
      linearInt8Int4(x, values, scales, zeros, { rotation: { matrix } }),
    );
    const apart = tf.grad((matrix) =>
      linearInt8Int4(rotate(x, matrix as Tensor2D), values, scales, zeros),
    );
    expectClose(fused(matrix, dy), apart(matrix, dy));
  });

  for (const [op, makeLinear] of linears) {
    for (const [what, makeRotation] of rotations) {
      it(`is that of the two ops: ${op} with ${what}`, () => {
        const linear = makeLinear();
        const { rotation, turn } = makeRotation();
        const [x, bias, dy] = [random([m, k], 2), random([n], 3), random([m, n], 4)];
        const fused = tf.grads((x, bias) => linear(x, bias, rotation))([x, bias], dy);
        const apart = tf.grads((x, bias) => linear(turn(x), bias))([x, bias], dy);
        fused.forEach((gradient, i) => {
          expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0.1);
          const largest = tf.max(tf.abs(apart[i]));
          expectClose(tf.div(gradient, largest), tf.div(apart[i], largest));
        });
      });

      it(`leaves nothing behind: ${op} with ${what}`, () => {
        const linear = makeLinear();
        const { rotation } = makeRotation();
        const [x, bias] = [random([m, k], 2), tf.zeros([n])];
        expectNoLeak(() => tf.grads((x, bias) => linear(x, bias, rotation))([x, bias]));
      });
    }
  }
});
