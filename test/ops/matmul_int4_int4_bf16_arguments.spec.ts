import * as tf from '@tensorflow/tfjs-core';

import {
  linearInt4,
  matmulInt4Int4Bf16,
  packInt4,
  packInt8,
  quantizeInt4,
  quantizeWeightInt4,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { expectError } from '../support/expectations';

const PACKERS = 'tf.qutlass.packInt4, quantizeInt4 or quantizeWeightInt4';
const SIGNED =
  'is packed as unsigned int4, expected signed: pack it with tf.qutlass.packInt4 and signed: true, ' +
  'quantizeInt4, or quantizeWeightInt4 and symmetric: true';

describeOnBackends('the arguments of matmulInt4Int4Bf16', () => {
  const zeros = (...shape: number[]) => tf.zeros(shape, 'int32');
  const packed = (...shape: number[]) => packInt4(zeros(...shape), { signed: true });

  it('must be packed with the same K', () => {
    const [a, b] = [packed(2, 12), packed(3, 11)];
    expectError(
      () => matmulInt4Int4Bf16(a, b, 1, 1),
      'matmulInt4Int4Bf16: a was packed with K=12, expected K=11 (K=11, as b was packed)',
    );
    const int8 = packInt8(zeros(3, 8));
    expectError(
      () => matmulInt4Int4Bf16(a, int8, 1, 1),
      `matmulInt4Int4Bf16: b is packed as int8, expected int4: pack it with ${PACKERS}`,
    );
  });

  it('must be packed at all', () => {
    const unpacked = zeros(2, 24);
    const hint = `; it seems unpacked, pack it first with ${PACKERS}`;
    const a = packed(2, 24);
    expectError(
      () => matmulInt4Int4Bf16(unpacked, a, 1, 1),
      `matmulInt4Int4Bf16: a has shape [2,24], expected [2,3] (K=24, as b was packed)${hint}`,
    );
    const loaded = zeros(2, 3);
    expectError(
      () => matmulInt4Int4Bf16(loaded, unpacked, 1, 1),
      `matmulInt4Int4Bf16: b has shape [2,24], expected [2,3] (a has shape [2,3])${hint}`,
    );
  });

  it('must be signed, with one scale a row', () => {
    const [a, unsigned] = [packed(2, 12), packInt4(zeros(2, 12))];
    expectError(() => matmulInt4Int4Bf16(unsigned, a, 1, 1), `matmulInt4Int4Bf16: a ${SIGNED}`);
    expectError(() => matmulInt4Int4Bf16(a, unsigned, 1, 1), `matmulInt4Int4Bf16: b ${SIGNED}`);
    const kernel = tf.ones<tf.Rank.R2>([12, 3]);
    const asymmetric = quantizeWeightInt4(kernel).values;
    expectError(() => matmulInt4Int4Bf16(a, asymmetric, 1, 1), `matmulInt4Int4Bf16: b ${SIGNED}`);
    const grouped = quantizeWeightInt4(kernel, { symmetric: true, groupSize: 8 }).values;
    expectError(
      () => matmulInt4Int4Bf16(a, grouped, 1, 1),
      'matmulInt4Int4Bf16: b was quantized in groups of 8, expected one group a row (K=12)',
    );
    const whole = quantizeWeightInt4(kernel, { symmetric: true }).values;
    expect(matmulInt4Int4Bf16(a, whole, 1, 1).shape).toEqual([2, 3]);
    expect(matmulInt4Int4Bf16(a, quantizeInt4(tf.ones([3, 12])).values, 1, 1).shape).toEqual([
      2, 3,
    ]);
  });

  it('must match in shape', () => {
    const [a, b] = [packed(2, 3, 8), packed(5, 8)];
    expectError(
      () => matmulInt4Int4Bf16(a, b, [1, 2], 1),
      'matmulInt4Int4Bf16: sa has shape [2], expected [2,3] or a scalar (one a row of a)',
    );
    expectError(
      () => matmulInt4Int4Bf16(a, b, 1, [1]),
      'matmulInt4Int4Bf16: sb has shape [1], expected [5] or a scalar (one a row of b)',
    );
    expectError(
      () => matmulInt4Int4Bf16(a, b, 1, 1, { bias: 1 }),
      'matmulInt4Int4Bf16: bias has shape [], expected [5] (one a row of b)',
    );
    expectError(
      () => matmulInt4Int4Bf16(a, a, 1, 1),
      'matmulInt4Int4Bf16: b has shape [2,3,1], expected [N, ceil(K/8)]',
    );
  });

  it('must not have a K whose sums overflow', () => {
    const tooLong = zeros(1, 16384);
    const message = (op: string, k: number) =>
      `${op}: K is ${k}, expected at most 131064, so that sums fit int32`;
    expectError(
      () => matmulInt4Int4Bf16(tooLong, tooLong, 1, 1),
      message('matmulInt4Int4Bf16', 131072),
    );
    const x = tf.zeros([1, 131065]);
    expectError(() => linearInt4(x, tooLong, 1), message('linearInt4', 131065));
  });

  it('must be options that it has', () => {
    const a = packed(1, 4);
    expectError(
      () => matmulInt4Int4Bf16(a, a, 1, 1, { aZero: [1] } as object),
      "matmulInt4Int4Bf16: unknown option 'aZero', expected 'bias' or 'activation'",
    );
  });
});
