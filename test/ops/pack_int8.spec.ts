import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { packInt8, unpackInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { integers, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { batchShape, checkProperty, integersIn, size } from '../support/properties';
import { packedRow } from '../support/references';

const rowsOfBytes = fc.tuple(batchShape, size(30)).chain(([batch, k]) =>
  integersIn(-128, 127, tf.util.sizeFromShape(batch) * k).map((values) => ({
    shape: [...batch, k],
    k,
    values,
  })),
);

describeOnBackends('packInt8', ({ place }) => {
  it("puts the first element into the lowest byte, in two's complement", () => {
    const packed = packInt8([[1, -1, -128, 127, -2]]);
    expectSameBits(packed, integers([1, 2], [0x7f80ff01, 0xfe]));
  });

  it('rounds floats half to even', () => {
    expectSameBits(packInt8([0.5, 1.5, -1.5, 127.5 - 0.25]), integers([1], [0x7ffe0200]));
  });

  it('is inverted by unpackInt8 and lays words out as documented', () => {
    checkProperty(rowsOfBytes, ({ shape, k, values }) => {
      const packed = packInt8(toTensor(integers(shape, values)));
      const rows = tf.util.sizeFromShape(shape.slice(0, -1));
      const expected = Array.from({ length: rows }, (_, row) =>
        packedRow(values.slice(row * k, row * k + k), 8),
      ).flat();
      assertSameBits(packed, integers([...shape.slice(0, -1), Math.ceil(k / 4)], expected));
      assertSameBits(unpackInt8(packed, k), integers(shape, values));
    });
  });

  if (place === 'host') {
    it('refuses values out of range and says where', () => {
      expectError(() => packInt8([0, 128]), /packInt8: value 128 at index 1 is out of range/);
      expectError(() => packInt8([-129]), /value -129 at index 0 is out of range -128\.\.127/);
      expectError(() => packInt8([NaN]), /at index 0 is out of range/);
    });
  } else {
    it('clamps values out of range', () => {
      expectSameBits(packInt8([128, -129, 1000]), integers([1], [0x7f807f]));
    });
  }

  it('leaves nothing behind', () => {
    expectNoLeak(() => packInt8([1, 2, 3]));
    const packed = packInt8([1, 2, 3]);
    expectNoLeak(() => unpackInt8(packed, 3));
  });

  it('refuses bools and scalars', () => {
    const bools = tf.tensor1d([true], 'bool');
    expectError(() => packInt8(bools), 'packInt8: x has dtype bool, expected int32 or float32');
    expectError(() => packInt8(1), 'packInt8: x has shape [], expected […, K]');
  });
});

describeOnBackends('unpackInt8', () => {
  it('recognizes a tensor that was never packed', () => {
    expectError(
      () => unpackInt8([[1, 2, 3, 4, 5]], 5),
      'unpackInt8: packed has shape [1,5], expected [1,2] (K=5); it seems unpacked, pack it first ' +
        'with tf.qutlass.packInt8, quantizeInt8 or quantizeWeightInt8',
    );
  });

  it('refuses a K that is not the packed one', () => {
    const packed = packInt8([1, 2, 3]);
    expectError(() => unpackInt8(packed, 2), /was packed with K=3, expected K=2/);
    expectError(() => unpackInt8(packed, 2.5), /K is 2\.5, expected a non-negative integer/);
  });
});
