import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

import {
  dequantizeInt4,
  dequantizeInt8,
  fakeQuantizeRows,
  quantizeInt4,
  quantizeInt8,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectSameBits } from '../support/expectations';

const K = 40;
const rows = () => tf.randomNormal([6, K], 0, 1, 'float32', 1) as Tensor2D;

describeOnBackends('fakeQuantizeRows', () => {
  it('gives the bits of the integers', () => {
    const x = rows();
    for (const method of ['abs_max', 'quest'] as const) {
      const int4 = quantizeInt4(x, { method });
      const expected4 = dequantizeInt4(int4.values, tf.expandDims(int4.scale, -1), null, K);
      expectSameBits(fakeQuantizeRows(x, { method }), contentsOf(expected4));
      const int8 = quantizeInt8(x, { method });
      const expected8 = dequantizeInt8(int8.values, int8.scale, K);
      expectSameBits(fakeQuantizeRows(x, { bits: 8, method }), contentsOf(expected8));
    }
  });

  it('passes gradients straight through', () => {
    const x = rows();
    const dy = tf.randomNormal([6, K], 0, 1, 'float32', 2);
    const dx = tf.grad((x) => tf.mul(fakeQuantizeRows(x), dy))(x);
    expectSameBits(dx, contentsOf(dy));
  });

  it('passes none through what quest clips', () => {
    const x = rows();
    for (const bits of [4, 8] as const) {
      const quantize = bits === 4 ? quantizeInt4 : quantizeInt8;
      const { mask } = quantize(x, { method: 'quest', clipMask: true });
      const dx = tf.grad((x) => fakeQuantizeRows(x, { bits, method: 'quest' }))(x);
      expectSameBits(dx, contentsOf(tf.where(mask, tf.onesLike(x), tf.zerosLike(x))));
    }
    const clipped = tf.grad((x) => fakeQuantizeRows(x, { method: 'quest' }))(x);
    expect(tf.min(clipped).dataSync()[0]).toBe(0);
  });

  it('refuses what it cannot round', () => {
    expect(() => fakeQuantizeRows(tf.scalar(1))).toThrowError(/fakeQuantizeRows: x has shape \[\]/);
    expect(() => fakeQuantizeRows(rows(), { bits: 5 as 4 })).toThrowError(
      /bits is 5, expected 4 or 8/,
    );
  });
});
