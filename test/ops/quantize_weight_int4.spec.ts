import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { QuantizeWeightInt4 } from '../../src/kernels/kernel_names';
import { quantizeWeightInt4, unpackInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floatBits, floats, integers, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, assert, checkProperty, moderateFloats, size } from '../support/properties';

const settings = fc.record({
  groupSize: fc.constantFrom(8, 16, 24, 64),
  symmetric: fc.boolean(),
});

const weights = (element: typeof anyFloats) =>
  fc
    .tuple(size(40), size(10), settings)
    .chain(([k, n, options]) =>
      element(k * n).map((values) => ({ kernel: floats([k, n], values), k, n, options })),
    );

describeOnBackends('quantizeWeightInt4', () => {
  it('maps the range of a group, with 0, to 0…15', () => {
    const kernel = tf.tensor2d([1, 2, 15, -3, -6, 0, 3, 9], [8, 1]);
    const { values, scales, zeros } = quantizeWeightInt4(kernel);
    // The range is -6…15: a step is 1.4, and 0 lies 4.29 steps up.
    expectSameBits(scales, floats([1, 1], [Math.fround(21 / 15)]));
    expectSameBits(zeros, integers([1, 1], [4]));
    expectSameBits(unpackInt4(values, 8), integers([1, 8], [5, 5, 15, 2, 0, 4, 6, 10]));
  });

  it('stores symmetric values with 8 added', () => {
    const kernel = tf.tensor2d([7, -7, 0, 1.5, 2.5, -3, 3, 1], [8, 1]);
    const { values, scales, zeros } = quantizeWeightInt4(kernel, { symmetric: true });
    expectSameBits(scales, floats([1, 1], [1]));
    expectSameBits(zeros, integers([1, 1], [8]));
    expectSameBits(unpackInt4(values, 8), integers([1, 8], [15, 1, 8, 10, 10, 5, 11, 9]));
  });

  it('has groups along K, of which the last may be short', () => {
    const kernel = tf.tensor2d([...new Array(8).fill(15), 30, 0], [10, 1]);
    const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 8 });
    expectSameBits(scales, floats([1, 2], [1, 2]));
    expectSameBits(zeros, integers([1, 2], [0, 0]));
    expectSameBits(values, integers([1, 2], [-1, 0xf]));
  });

  it('fills the tail with the zero point of the last group', () => {
    const kernel = tf.tensor2d([-15, 0], [2, 1]);
    const { values } = quantizeWeightInt4(kernel);
    expectSameBits(values, integers([1, 1], [0xfffffff0 | 0]));
  });

  it('gives a group of zeros scale 1, and one with NaN scale NaN', () => {
    const kernel = tf.tensor2d([...new Array(8).fill(0), 1, NaN], [10, 1]);
    const one = 0x3f800000;
    for (const symmetric of [true, false]) {
      const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 8, symmetric });
      const zero = symmetric ? 8 : 0;
      expectSameBits(scales, floatBits([1, 2], [one, 0x7fc00000]));
      expectSameBits(zeros, integers([1, 2], [zero, zero]));
      expectSameBits(unpackInt4(values, 10), integers([1, 10], new Array(10).fill(zero)));
    }
  });

  it('has one group where K is 0 or fits', () => {
    for (const k of [0, 1, 100, 128]) {
      const { scales } = quantizeWeightInt4(tf.ones([k, 3]));
      expect(scales.shape).toEqual([3, 1]);
    }
    expect(quantizeWeightInt4(tf.ones([129, 3])).scales.shape).toEqual([3, 2]);
    const { scales } = quantizeWeightInt4(tf.ones([100, 3]), { groupSize: 100 });
    expect(scales.shape).toEqual([3, 1]);
  });

  it('is within a step of every weight', () => {
    checkProperty(weights(moderateFloats), ({ kernel, k, n, options }) => {
      const result = quantizeWeightInt4(toTensor(kernel), options);
      const [scales, zeros] = [result.scales.dataSync(), result.zeros.dataSync()];
      const stored = unpackInt4(result.values, k).dataSync();
      const groups = result.scales.shape[1];
      for (let row = 0; row < n; row++) {
        for (let i = 0; i < k; i++) {
          const group = row * groups + Math.floor(i / options.groupSize);
          const restored = (stored[row * k + i] - zeros[group]) * scales[group];
          const weight = kernel.values[i * n + row];
          assert(
            Math.abs(restored - weight) <= (options.symmetric ? 0.501 : 1.001) * scales[group],
            () => `${weight} became ${restored}, one step is ${scales[group]}`,
          );
        }
      }
    });
  });

  it("gives the specification's bits", () => {
    checkProperty(weights(anyFloats), ({ kernel, k, options }) => {
      const result = quantizeWeightInt4(toTensor(kernel), options);
      const { groupSize, symmetric } = options;
      const resolved = k > groupSize ? groupSize : k || 8;
      const attrs = { groupSize: resolved, symmetric };
      const expected = runCpuKernel(QuantizeWeightInt4, { kernel }, attrs);
      assertSameBits(result.values, expected[0]);
      assertSameBits(result.scales, expected[1]);
      assertSameBits(result.zeros, expected[2]);
    });
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => quantizeWeightInt4([[1, 2, 3]]));
  });

  it('refuses group sizes that split a word', () => {
    const kernel = tf.ones([100, 2]);
    expectError(
      () => quantizeWeightInt4(kernel, { groupSize: 12 }),
      'quantizeWeightInt4: groupSize is 12, expected a multiple of 8, or K=100 or more',
    );
    expectError(
      () => quantizeWeightInt4(kernel, { groupSize: 0 }),
      'quantizeWeightInt4: groupSize is 0, expected a positive integer',
    );
    expectError(
      () => quantizeWeightInt4(kernel, { group: 8 } as object),
      "quantizeWeightInt4: unknown option 'group', expected 'groupSize' or 'symmetric'",
    );
  });
});
