import * as tf from '@tensorflow/tfjs-core';

import { packInt8, unpackInt8 } from '../../src/ops';
import { recallPacking, rememberPacking } from '../../src/ops/packed';
import { describeOnBackends } from '../support/backends';
import { expectError } from '../support/expectations';

describeOnBackends('the memory of packed tensors', () => {
  it('goes with the data: clones share it', () => {
    const packed = packInt8([[1, 2, 3]]);
    expect(recallPacking(tf.clone(packed))).toEqual({ format: 'int8', k: 3 });
    const variable = tf.variable(packed);
    expectError(() => unpackInt8(variable, 4), /was packed with K=3, expected K=4/);
    variable.dispose();
  });

  it('knows nothing of tensors from elsewhere', () => {
    expect(recallPacking(tf.tensor2d([[1]], [1, 1], 'int32'))).toBeUndefined();
    expect(unpackInt8(tf.tensor2d([[1]], [1, 1], 'int32'), 4).shape).toEqual([1, 4]);
  });

  it('does not hold once the rows have another length', () => {
    const packed = packInt8(tf.ones([2, 12], 'int32'));
    const reshaped = tf.reshape(packed, [3, 2]);
    expect(recallPacking(reshaped)).toBeUndefined();
    expect(unpackInt8(reshaped, 8).shape).toEqual([3, 8]);
  });

  it('can be told', () => {
    const loaded = tf.zeros([2, 3], 'int32');
    expect(rememberPacking(loaded, { format: 'int8', k: 11 })).toBe(loaded);
    expectError(() => unpackInt8(loaded, 12), /was packed with K=11, expected K=12/);
  });
});
