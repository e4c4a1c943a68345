import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { packInt4, packInt8, unpackInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floats, integers, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { batchShape, checkProperty, integersIn, size } from '../support/properties';
import { packedRow } from '../support/references';

const rowsOfNibbles = fc
  .tuple(batchShape, size(40), fc.boolean())
  .chain(([batch, k, signed]) =>
    integersIn(signed ? -8 : 0, signed ? 7 : 15, tf.util.sizeFromShape(batch) * k).map(
      (values) => ({ shape: [...batch, k], k, signed, values }),
    ),
  );

describeOnBackends('packInt4', ({ place }) => {
  it('puts the first element into the lowest nibble', () => {
    const x = [[1, 2, 3, 4, 5, 6, 7, 15, 9]];
    const packed = packInt4(tf.tensor2d(x, [1, 9], 'int32'));
    expectSameBits(packed, integers([1, 2], [0xf7654321 | 0, 9]));
  });

  it('adds 8 to signed values, and to the tail', () => {
    const packed = packInt4([-8, 7, 0], { signed: true });
    expectSameBits(packed, integers([1], [0x888888f0 | 0]));
  });

  it('rounds floats half to even', () => {
    const x = tf.tensor1d([0.5, 1.5, 2.5, 15.25, -0.25], 'float32');
    expectSameBits(packInt4(x), integers([1], [0x0f220]));
  });

  it('takes integers of any kind of array', () => {
    for (const x of [[3, 4], Int32Array.of(3, 4), Float32Array.of(3, 4), Uint8Array.of(3, 4)]) {
      expectSameBits(packInt4(x), integers([1], [0x43]));
    }
  });

  it('is inverted by unpackInt4 and lays words out as documented', () => {
    checkProperty(rowsOfNibbles, ({ shape, k, signed, values }) => {
      const packed = packInt4(toTensor(integers(shape, values)), { signed });
      const rows = tf.util.sizeFromShape(shape.slice(0, -1));
      const expected = Array.from({ length: rows }, (_, row) =>
        packedRow(
          values.slice(row * k, row * k + k).map((value) => value + (signed ? 8 : 0)),
          4,
          signed ? 8 : 0,
        ),
      ).flat();
      assertSameBits(packed, integers([...shape.slice(0, -1), Math.ceil(k / 8)], expected));
      assertSameBits(unpackInt4(packed, k, { signed }), integers(shape, values));
    });
  });

  it('unpacks words with any bits', () => {
    const packed = integers([1, 1], [0x9abcdef8 | 0]);
    const nibbles = [8, 15, 14, 13, 12, 11, 10, 9];
    expectSameBits(unpackInt4(toTensor(packed), 8), integers([1, 8], nibbles));
  });

  if (place === 'host') {
    it('refuses values out of range and says where', () => {
      const outOfRange = /packInt4: value 16 at index 5 is out of range 0\.\.15/;
      expectError(() => packInt4([0, 1, 2, 3, 4, 16]), outOfRange);
      expectError(
        () =>
          packInt4(
            tf.tidy(() => [0, 0, 0, 0, 0, -9]),
            { signed: true },
          ),
        /value -9 at index 5 is out of range -8\.\.7/,
      );
      expectError(() => packInt4([15.5]), /value 15\.5 at index 0 is out of range/);
      expectError(() => packInt4([NaN]), /value NaN at index 0/);
      expectError(() => packInt4([-Infinity]), /value -Infinity at index 0 is out of range/);
      expectError(() => packInt4(Int32Array.of(-(2 ** 31))), /value -2147483648 at index 0/);
    });
  } else {
    it('clamps values out of range', () => {
      expectSameBits(packInt4([16, -1, 1000]), integers([1], [0xf0f]));
    });
  }

  it('leaves nothing behind', () => {
    expectNoLeak(() => packInt4([1, 2, 3]));
    const packed = packInt4([1, 2, 3]);
    expectNoLeak(() => unpackInt4(packed, 3));
  });

  it('refuses other arguments', () => {
    expectError(() => packInt4(1), 'packInt4: x has shape [], expected […, K]');
    expectError(() => packInt4(['a']), "packInt4: x has 'a' at index 0, expected numbers");
    expectError(
      () => packInt4([1], { sign: true } as object),
      "packInt4: unknown option 'sign', expected 'signed'",
    );
    expectError(
      () => packInt4([1], { signed: 1 } as object),
      'packInt4: signed is 1, expected true or false',
    );
    expectError(
      () => packInt4([1], true as unknown as object),
      'packInt4: the options are true, expected an object',
    );
  });
});

describeOnBackends('unpackInt4', () => {
  it('refuses a K that is not the packed one', () => {
    const packed = packInt4([[1, 2, 3]]);
    expectError(
      () => unpackInt4(packed, 4),
      'unpackInt4: packed was packed with K=3, expected K=4 (K=4)',
    );
    expectError(
      () => unpackInt4([[1, 2]], 8),
      'unpackInt4: packed has shape [1,2], expected [1,1] (K=8)',
    );
    expectError(() => unpackInt4([1], -1), 'unpackInt4: K is -1, expected a non-negative integer');
    expectError(
      () => unpackInt4([1], '1' as unknown as number),
      "unpackInt4: K is '1', expected a non-negative integer",
    );
  });

  it('refuses floats, which nothing packs to', () => {
    const x = toTensor(floats([1], [1]));
    expectError(() => unpackInt4(x, 1), 'unpackInt4: packed has dtype float32, expected int32');
  });

  it('refuses what is packed as int8', () => {
    const packed = packInt8([1, 2, 3]);
    expectError(
      () => unpackInt4(packed, 8),
      'unpackInt4: packed is packed as int8, expected int4: pack it with tf.qutlass.packInt4, ' +
        'quantizeInt4 or quantizeWeightInt4',
    );
  });
});
