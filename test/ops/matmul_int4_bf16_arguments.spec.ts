import * as tf from '@tensorflow/tfjs-core';

import { matmulInt4Bf16, packInt4, packInt8, quantizeWeightInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floats } from '../support/contents';
import { expectError, expectSameBits } from '../support/expectations';

describeOnBackends('the group size of matmulInt4Bf16', () => {
  const x = () => tf.ones([1, 512]);
  const w = () => tf.zeros([64, 64], 'int32');
  const scales = (groups: number) => tf.ones([64, groups]);

  it('is checked against scales', () => {
    const [given, weights, three] = [x(), w(), scales(3)];
    expectError(
      () => matmulInt4Bf16(given, weights, three, null, { groupSize: 128 }),
      'matmulInt4Bf16: scales has shape [64,3], expected [64,4] (K=512, group size 128)',
    );
    expectError(
      () => matmulInt4Bf16(given, weights, three, null, { groupSize: 100 }),
      'matmulInt4Bf16: groupSize is 100, expected a multiple of 8, or K=512 or more',
    );
    expectError(
      () => matmulInt4Bf16(given, weights, three, null, { groupSize: 600 }),
      'matmulInt4Bf16: scales has shape [64,3], expected [64,1] (K=512, group size 512)',
    );
  });

  it('is K divided by the number of groups where it is not given', () => {
    const [given, weights] = [x(), w()];
    for (const groups of [1, 2, 4, 64]) {
      const y = matmulInt4Bf16(given, weights, scales(groups), null);
      expect(y.shape).toEqual([1, 64]);
    }
    const three = scales(3);
    expectError(
      () => matmulInt4Bf16(given, weights, three, null),
      'matmulInt4Bf16: scales has shape [64,3], and K=512 does not divide into 3 groups of a ' +
        'multiple of 8; pass the groupSize it was quantized with',
    );
    const tooMany = scales(128);
    expectError(() => matmulInt4Bf16(given, weights, tooMany, null), /into 128 groups/);
  });

  it('is the one of quantizeWeightInt4 where that is known', () => {
    const kernel = tf.ones([96, 2]);
    const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 64 });
    const input = tf.ones([1, 96]);
    expectSameBits(matmulInt4Bf16(input, values, scales, zeros), floats([1, 2], [96, 96]));
    expectError(
      () => matmulInt4Bf16(input, values, scales, zeros, { groupSize: 48 }),
      'matmulInt4Bf16: groupSize is 48, but the weights were quantized in groups of 64',
    );
  });
});

describeOnBackends('the arguments of matmulInt4Bf16', () => {
  it('must be packed, as int4', () => {
    const x = tf.ones([1, 12]);
    const unpacked = tf.ones([2, 12], 'int32');
    const packedInt8 = packInt8(unpacked);
    const packedShort = packInt4(tf.slice(unpacked, [0, 0], [2, 11]));
    expectError(
      () => matmulInt4Bf16(x, unpacked, [[1], [1]], null),
      'matmulInt4Bf16: w has shape [2,12], expected [2,2] (K=12, as x has); it seems ' +
        'unpacked, pack it first with tf.qutlass.packInt4, quantizeInt4 or quantizeWeightInt4',
    );
    expectError(
      () => matmulInt4Bf16(x, packedInt8, [[1], [1]], null),
      'matmulInt4Bf16: w is packed as int8, expected int4: pack it with tf.qutlass.packInt4, ' +
        'quantizeInt4 or quantizeWeightInt4',
    );
    expectError(
      () => matmulInt4Bf16(x, packedShort, [[1], [1]], null),
      'matmulInt4Bf16: w was packed with K=11, expected K=12 (K=12, as x has)',
    );
  });

  it('must match in shape and dtype', () => {
    const x = tf.ones([1, 12]);
    const w = packInt4(tf.ones([2, 12], 'int32'));
    expectError(
      () => matmulInt4Bf16(x, w, [[1]], null),
      'matmulInt4Bf16: scales has shape [1,1], expected [2,1] (K=12, group size 12)',
    );
    expectError(
      () => matmulInt4Bf16(x, w, [[1], [1]], [[8]]),
      'matmulInt4Bf16: zeros has shape [1,1], expected [2,1] (the shape of scales)',
    );
    expectError(
      () => matmulInt4Bf16(x, w, [[1], [1]], null, { bias: [1] }),
      'matmulInt4Bf16: bias has shape [1], expected [2] (one a row of w)',
    );
    expectError(
      () => matmulInt4Bf16(x, w, [[1], [1]], { groupSize: 8 } as never),
      'matmulInt4Bf16: zeros is an object (Object), expected a tensor or an array of int32',
    );
    expectError(
      () => matmulInt4Bf16(w, w, [[1], [1]], null),
      'matmulInt4Bf16: x has dtype int32, expected float32',
    );
    expectError(
      () => matmulInt4Bf16([1, 2], w, [[1], [1]], null),
      'matmulInt4Bf16: x has shape [2], expected […, M, K]',
    );
  });
});
