import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import {
  dequantizeInt4,
  dequantizeInt8,
  fakeQuantize,
  quantizeWeightInt4,
  quantizeWeightInt8,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, checkProperty, size } from '../support/properties';
import { allowSavedTensors } from '../support/training';

const settings = fc.record({
  groupSize: fc.constantFrom(8, 16, 24, 64),
  symmetric: fc.boolean(),
});

const kernels = fc
  .tuple(size(40), size(10), settings)
  .chain(([k, n, options]) =>
    anyFloats(k * n).map((values) => ({ kernel: floats([k, n], values), options })),
  );

describeOnBackends('fakeQuantize', () => {
  allowSavedTensors();

  it('gives the bits of int4 weights that are dequantized', () => {
    checkProperty(kernels, ({ kernel, options }) => {
      const $kernel = toTensor<Tensor2D>(kernel);
      const { values, scales, zeros } = quantizeWeightInt4($kernel, options);
      const { groupSize } = options;
      const rows = dequantizeInt4(values, scales, zeros, kernel.shape[0], { groupSize });
      assertSameBits(fakeQuantize($kernel, options), contentsOf(tf.transpose(rows)));
    });
  });

  it('gives the bits of int8 weights that are dequantized', () => {
    checkProperty(kernels, ({ kernel }) => {
      const $kernel = toTensor<Tensor2D>(kernel);
      const { values, scale } = quantizeWeightInt8($kernel);
      const rows = dequantizeInt8(values, scale, kernel.shape[0]);
      assertSameBits(fakeQuantize($kernel, { bits: 8 }), contentsOf(tf.transpose(rows)));
    });
  });

  it('passes gradients straight through', () => {
    const kernel = tf.randomNormal<tf.Rank.R2>([20, 3], 0, 1, 'float32', 1);
    const dy = tf.randomNormal<tf.Rank.R2>([20, 3], 0, 1, 'float32', 2);
    for (const options of [{ groupSize: 8 }, { bits: 8 as const }]) {
      const dx = tf.grad((x) => fakeQuantize(x, options))(kernel, dy);
      expectSameBits(dx, contentsOf(dy));
    }
  });

  it('holds weights within a part of the range of their group, where their gradient is 0', () => {
    const kernel = tf.tensor2d([[4], [-8], [1], [0], [2], [3], [-3], [7], [30], [-14]]);
    const clipped = (options: object) =>
      fakeQuantize(kernel, { groupSize: 8, clipRatio: 0.5, ...options });
    const gradient = (options: object) =>
      tf.grad((x) => fakeQuantize(x, { groupSize: 8, clipRatio: 0.5, ...options }))(kernel);

    // Symmetric: -4…4 and -15…15.
    const held = tf.tensor2d([[4], [-4], [1], [0], [2], [3], [-3], [4], [15], [-14]]);
    const symmetric = { groupSize: 8, symmetric: true };
    expectSameBits(clipped(symmetric), contentsOf(fakeQuantize(held, symmetric)));
    expect(Array.from(gradient(symmetric).dataSync())).toEqual([1, 0, 1, 1, 1, 1, 1, 0, 0, 1]);

    // Asymmetric: -4…3.5 and -7…15.
    const heldApart = tf.tensor2d([[3.5], [-4], [1], [0], [2], [3], [-3], [3.5], [15], [-7]]);
    expectSameBits(clipped({}), contentsOf(fakeQuantize(heldApart, { groupSize: 8 })));
    expect(Array.from(gradient({}).dataSync())).toEqual([0, 0, 1, 1, 1, 1, 1, 0, 0, 0]);
  });

  it('clips int8 weights an output channel at a time', () => {
    const kernel = tf.tensor2d([
      [1, 10],
      [-8, 2],
      [3, 5],
    ]);
    const options = { bits: 8, clipRatio: 0.5 } as const;
    const held = tf.tensor2d([
      [1, 5],
      [-4, 2],
      [3, 5],
    ]);
    expectSameBits(fakeQuantize(kernel, options), contentsOf(fakeQuantize(held, { bits: 8 })));
    const dx = tf.grad((x) => fakeQuantize(x, options))(kernel);
    expect(Array.from(dx.dataSync())).toEqual([1, 0, 0, 1, 1, 1]);
  });

  it('leaves nothing behind', () => {
    for (const options of [{ bits: 8 as const }, { clipRatio: 0.9 }]) {
      const kernel = tf.ones([9, 2]);
      expectNoLeak(() => fakeQuantize(kernel, options));
      expectNoLeak(() => tf.grad((x: Tensor) => fakeQuantize(x, options))(kernel));
    }
  });

  it('refuses other arguments', () => {
    const kernel = tf.ones([16, 2]);
    expectError(
      () => fakeQuantize(kernel, { bits: 5 as 4 }),
      'fakeQuantize: bits is 5, expected 4 or 8',
    );
    expectError(
      () => fakeQuantize(kernel, { clipRatio: 0 }),
      'fakeQuantize: clipRatio is 0, expected a number over 0 and at most 1',
    );
    expectError(
      () => fakeQuantize(kernel, { bits: 8, groupSize: 8 }),
      'fakeQuantize: groupSize and symmetric are for 4 bits, expected neither with 8',
    );
    expectError(() => fakeQuantize(kernel, { groupSize: 12 }), /groupSize is 12, expected/);
    expectError(() => fakeQuantize([1, 2]), 'fakeQuantize: kernel has shape [2], expected [K, N]');
  });
});
