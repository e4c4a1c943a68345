import * as tf from '@tensorflow/tfjs-core';

import { packInt8, quantizeInt8, unpackInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { integers } from '../support/contents';
import { expectError, expectSameBits } from '../support/expectations';

describeOnBackends('tensor arguments', () => {
  it('may be nested arrays and typed arrays', () => {
    const expected = integers([2, 1], [0x0201, 0x0403]);
    expectSameBits(
      packInt8([
        [1, 2],
        [3, 4],
      ]),
      expected,
    );
    expectSameBits(packInt8([Int32Array.of(1, 2), Int32Array.of(3, 4)]), expected);
    expectSameBits(packInt8([[], []]), integers([2, 0], []));
    expectSameBits(packInt8([]), integers([0], []));
  });

  it('must be tensors or arrays of numbers', () => {
    const expected = 'expected a tensor or an array of int32 or float32';
    const refuse = (x: unknown, message: string) =>
      expectError(() => packInt8(x as tf.Tensor), message);
    refuse(undefined, `packInt8: x is undefined, ${expected}`);
    refuse(null, `packInt8: x is null, ${expected}`);
    refuse('12', `packInt8: x is '12', ${expected}`);
    refuse(Int8Array.of(1), `packInt8: x is an object (Int8Array), ${expected}`);
    refuse(() => 1, `packInt8: x is a function, ${expected}`);
    refuse([1, true], 'packInt8: x has true at index 1, expected numbers');
    refuse([[1, 2], [3]], 'packInt8: x is ragged: it has 3 elements, expected 4 for shape [2,2]');
  });

  it('must not be disposed', () => {
    const x = tf.tensor1d([1]);
    x.dispose();
    expectError(() => quantizeInt8(x), 'quantizeInt8: x is a tensor that is already disposed');
  });

  it('must be whole where they are packed words', () => {
    for (const words of [[0.5], [2 ** 31], [NaN], Float32Array.of(1.5)]) {
      expectError(() => unpackInt8(words, 4), /elements that are not integers of 32 bits/);
    }
    expectSameBits(unpackInt8([-1], 1), integers([1], [-1]));
  });
});
