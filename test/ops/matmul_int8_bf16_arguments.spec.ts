import * as tf from '@tensorflow/tfjs-core';

import { matmulInt8Bf16, packInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { expectError } from '../support/expectations';

describeOnBackends('the arguments of matmulInt8Bf16', () => {
  const zeros = (...shape: number[]) => tf.zeros(shape, 'int32');

  it('must be packed with the same K', () => {
    const [a, b] = [packInt8(zeros(2, 12)), packInt8(zeros(3, 11))];
    expectError(
      () => matmulInt8Bf16(a, b, 1, 1),
      'matmulInt8Bf16: a was packed with K=12, expected K=11 (K=11, as b was packed)',
    );
    const other = packInt8(zeros(3, 20));
    expectError(
      () => matmulInt8Bf16(a, other, 1, 1),
      'matmulInt8Bf16: a was packed with K=12, expected K=20 (K=20, as b was packed)',
    );
  });

  it('must be packed at all', () => {
    const hint =
      '; it seems unpacked, pack it first with tf.qutlass.packInt8, quantizeInt8 or ' +
      'quantizeWeightInt8';
    const unpacked = zeros(2, 12);
    const packed = packInt8(unpacked);
    const loaded = zeros(2, 3);
    expectError(
      () => matmulInt8Bf16(unpacked, packed, 1, 1),
      `matmulInt8Bf16: a has shape [2,12], expected [2,3] (K=12, as b was packed)${hint}`,
    );
    expectError(
      () => matmulInt8Bf16(packed, unpacked, 1, 1),
      `matmulInt8Bf16: b has shape [2,12], expected [2,3] (K=12, as a was packed)${hint}`,
    );
    expectError(
      () => matmulInt8Bf16(unpacked, loaded, 1, 1),
      `matmulInt8Bf16: a has shape [2,12], expected [2,3] (b has shape [2,3])${hint}`,
    );
    expectError(
      () => matmulInt8Bf16(loaded, unpacked, 1, 1),
      `matmulInt8Bf16: b has shape [2,12], expected [2,3] (a has shape [2,3])${hint}`,
    );
    const wide = zeros(2, 7);
    expectError(
      () => matmulInt8Bf16(loaded, wide, 1, 1),
      'matmulInt8Bf16: a has shape [2,3], expected 7 words a row, as b has: its shape is [2,7]',
    );
    const floating = tf.zeros([2, 12]);
    expectError(
      () => matmulInt8Bf16(floating, packed, 1, 1),
      'matmulInt8Bf16: a has dtype float32, expected int32',
    );
  });

  it('must match in shape', () => {
    const [a, b] = [packInt8(zeros(2, 3, 8)), packInt8(zeros(5, 8))];
    expectError(
      () => matmulInt8Bf16(a, b, [1, 2], 1),
      'matmulInt8Bf16: sa has shape [2], expected [2,3] or a scalar (one a row of a)',
    );
    expectError(
      () => matmulInt8Bf16(a, b, 1, [1]),
      'matmulInt8Bf16: sb has shape [1], expected [5] or a scalar (one a row of b)',
    );
    expectError(
      () => matmulInt8Bf16(a, b, 1, 1, { aZero: [1, 2, 3] }),
      'matmulInt8Bf16: aZero has shape [3], expected [2,3] (one a row of a)',
    );
    expectError(
      () => matmulInt8Bf16(a, b, 1, 1, { bias: 1 }),
      'matmulInt8Bf16: bias has shape [], expected [5] (one a row of b)',
    );
    expectError(
      () => matmulInt8Bf16(a, a, 1, 1),
      'matmulInt8Bf16: b has shape [2,3,2], expected [N, ceil(K/4)]',
    );
    expectError(
      () => matmulInt8Bf16([1, 2], b, 1, 1),
      'matmulInt8Bf16: a has shape [2], expected […, M, ceil(K/4)]',
    );
  });

  it('must not have a K whose sums overflow', () => {
    const limit = packInt8(zeros(1, 131072));
    expectError(
      () => matmulInt8Bf16(limit, limit, 1, 1),
      'matmulInt8Bf16: K is 131072, expected at most 131071, so that sums without a zero point fit ' +
        'int32',
    );
    const withZero = packInt8(zeros(1, 65794));
    expectError(
      () => matmulInt8Bf16(withZero, withZero, 1, 1, { aZero: [0] }),
      'matmulInt8Bf16: K is 65794, expected at most 65793, so that sums with a zero point fit int32',
    );
  });

  it('must name an activation that is fused', () => {
    const a = packInt8(zeros(1, 4));
    expectError(
      () => matmulInt8Bf16(a, a, 1, 1, { activation: 'gelu' } as object),
      "matmulInt8Bf16: activation is 'gelu', expected 'linear', 'relu' or 'relu6' (apply any " +
        'other to the result)',
    );
    expectError(
      () => matmulInt8Bf16(a, a, 1, 1, { bias: 'none' } as object),
      "matmulInt8Bf16: bias is 'none', expected a tensor or an array",
    );
    expectError(
      () => matmulInt8Bf16(a, a, 1, 1, { zero: 1 } as object),
      "matmulInt8Bf16: unknown option 'zero', expected 'aZero', 'bias' or 'activation'",
    );
  });
});
