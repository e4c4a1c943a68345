import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { QuantizeInt4 } from '../../src/kernels/kernel_names';
import { dequantizeInt4, quantizeInt4, quantizeWeightInt4, unpackInt4 } from '../../src/ops';
import { recallPacking } from '../../src/ops/packed';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floatBits, floats, integers, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import {
  anyFloats,
  assert,
  batchShape,
  checkProperty,
  moderateFloats,
  size,
} from '../support/properties';
import { packedRow } from '../support/references';

const anyRows = fc.tuple(batchShape, size(30)).chain(([batch, k]) => {
  const shape = [...batch, k];
  return anyFloats(tf.util.sizeFromShape(shape)).map((values) => floats(shape, values));
});

const oneRow = fc
  .integer({ min: 1, max: 30 })
  .chain((k) => moderateFloats(k).map((values) => floats([k], values)));

describeOnBackends('quantizeInt4', () => {
  it('spreads the largest value over 7 steps, stored with 8 added', () => {
    const { values, scale } = quantizeInt4([
      [0, 1, -2, 0.5],
      [7, -3.5, 1.5, 2.5],
    ]);
    const rows = [
      [8, 8 + 4, 8 - 7, 8 + 2],
      [8 + 7, 8 - 4, 8 + 2, 8 + 2],
    ];
    expectSameBits(
      values,
      integers(
        [2, 1],
        rows.flatMap((row) => packedRow(row, 4, 8)),
      ),
    );
    expectSameBits(scale, floats([2], [2 / 7, 1]));
  });

  it('fills the tail of a row with 8', () => {
    const { values } = quantizeInt4(tf.ones([1, 9]));
    expectSameBits(values, integers([1, 2], [-1, 0x8888888f | 0]));
  });

  it('gives rows of zeros, and of denormals, the scale 1', () => {
    const { values, scale } = quantizeInt4([
      [0, -0],
      [1e-45, -1e-40],
    ]);
    expectSameBits(values, integers([2, 1], [0x88888888 | 0, 0x88888888 | 0]));
    expectSameBits(scale, floats([2], [1, 1]));
  });

  it('gives a row with NaN or infinity the scale NaN, and leaves the others alone', () => {
    const x = [
      [1, NaN],
      [7, 14],
      [Infinity, 0],
      [0, -Infinity],
    ];
    const zeros = 0x88888888 | 0;
    for (const method of ['abs_max', 'quest'] as const) {
      const { values, scale } = quantizeInt4(x, { method });
      const finite = quantizeInt4([x[1]], { method });
      const [word] = finite.values.dataSync();
      expectSameBits(values, integers([4, 1], [zeros, word, zeros, zeros]));
      const nan = 0x7fc00000;
      const [bits] = new Uint32Array(finite.scale.dataSync().slice().buffer);
      expectSameBits(scale, floatBits([4], [nan, bits, nan, nan]));
    }
  });

  it('is within half a step of every value, which dequantizeInt4 gives back', () => {
    checkProperty(oneRow, (x) => {
      const k = x.values.length;
      const { values, scale } = quantizeInt4(toTensor(x));
      const [step] = scale.dataSync();
      const restored = dequantizeInt4(values, tf.expandDims(scale, -1), null, k).dataSync();
      x.values.forEach((value, i) => {
        const distance = Math.abs(restored[i] - value);
        assert(distance <= 0.50001 * step, () => `${value} became ${restored[i]}, step ${step}`);
      });
    });
  });

  it('of kernelᵀ is the symmetric weights of one group', () => {
    const kernel = tf.randomNormal<tf.Rank.R2>([45, 6], 0, 1, 'float32', 1);
    const rows = quantizeInt4(tf.transpose(kernel));
    const weights = quantizeWeightInt4(kernel, { groupSize: 45, symmetric: true });
    expectSameBits(rows.values, contentsOf(weights.values));
    expectSameBits(rows.scale, contentsOf(tf.squeeze(weights.scales, [1])));
  });

  it("gives the specification's bits", () => {
    checkProperty(anyRows, (x) => {
      for (const method of ['abs_max', 'quest'] as const) {
        const { values, scale } = quantizeInt4(toTensor(x), { method });
        const expected = runCpuKernel(QuantizeInt4, { x }, { method, hadamard: 0 });
        [values, scale].forEach((tensor, i) => assertSameBits(tensor, expected[i]));
      }
    });
  });

  it('remembers how it packed', () => {
    const { values } = quantizeInt4(tf.ones([2, 12]));
    expect(recallPacking(values)).toEqual({ format: 'int4', k: 12, groupSize: 12, signed: true });
    expectError(() => unpackInt4(values, 13), /was packed with K=12, expected K=13/);
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => quantizeInt4([[1, 2, 3]]));
  });

  it('refuses other arguments', () => {
    const x = tf.tensor1d([1], 'int32');
    expectError(() => quantizeInt4(x), 'quantizeInt4: x has dtype int32, expected float32');
    expectError(() => quantizeInt4(3), 'quantizeInt4: x has shape [], expected […, K]');
    expectError(
      () => quantizeInt4([1], { symmetric: true } as object),
      "quantizeInt4: unknown option 'symmetric', expected 'method', 'rotation' or 'clipMask'",
    );
  });

  it('has no gradient', () => {
    const sum = (x: tf.Tensor) => tf.sum<tf.Scalar>(quantizeInt4(x).scale);
    expect(() => tf.grad(sum)(tf.ones([2, 3]))).toThrowError(/gradient/);
  });
});
