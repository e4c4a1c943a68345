import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { dequantizeInt8, packInt8, quantizeInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floats, integers, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { batchShape, checkProperty, integersIn, scales, size, words } from '../support/properties';
import { int8Element } from '../support/references';

const quantized = fc.tuple(batchShape, size(20), fc.boolean()).chain(([batch, k, hasZero]) => {
  const rows = tf.util.sizeFromShape(batch);
  return fc.record({
    batch: fc.constant(batch),
    k: fc.constant(k),
    rows: fc.constant(rows),
    packed: words(rows * Math.ceil(k / 4)),
    scale: scales(rows),
    zero: hasZero ? integersIn(-128, 127, rows) : fc.constant(null),
  });
});

describeOnBackends('dequantizeInt8', () => {
  it('takes the zero point off and multiplies', () => {
    const values = packInt8([
      [-128, 0, 127],
      [1, 2, 3],
    ]);
    const x = dequantizeInt8(values, [0.5, 2], 3, { zero: [-128, 1] });
    expectSameBits(x, floats([2, 3], [0, 64, 127.5, 0, 2, 4]));
    const scalarRows = dequantizeInt8(packInt8([1, 2]), 3, 2);
    expectSameBits(scalarRows, floats([2], [3, 6]));
  });

  it('makes rows with scale NaN all NaN', () => {
    const { values, scale, zero } = quantizeInt8([
      [1, NaN],
      [0, 1],
    ]);
    const x = dequantizeInt8(values, scale, 2, { zero });
    expect(Array.from(x.dataSync())).toEqual([NaN, NaN, 0, 1]);
  });

  it('rounds each product to float32 once', () => {
    checkProperty(quantized, ({ batch, k, rows, packed, scale, zero }) => {
      const width = Math.ceil(k / 4);
      const values = toTensor(integers([...batch, width], packed));
      const x = dequantizeInt8(values, toTensor(floats(batch, scale)), k, {
        zero: zero && toTensor(integers(batch, zero)),
      });
      const expected: number[] = [];
      for (let row = 0; row < rows; row++) {
        const rowWords = packed.slice(row * width, (row + 1) * width);
        for (let i = 0; i < k; i++) {
          expected.push((int8Element(rowWords, i) - (zero ? zero[row] : 0)) * scale[row]);
        }
      }
      assertSameBits(x, floats([...batch, k], expected));
    });
  });

  it('leaves nothing behind', () => {
    const values = packInt8([[1, 2, 3]]);
    expectNoLeak(() => dequantizeInt8(values, [1], 3, { zero: [0] }));
  });

  it('refuses shapes that do not match', () => {
    const values = packInt8([[1, 2, 3]]);
    expectError(
      () => dequantizeInt8(values, [1, 2], 3),
      'dequantizeInt8: scale has shape [2], expected [1] (one a row of values)',
    );
    expectError(
      () => dequantizeInt8(values, [1], 3, { zero: [[1]] }),
      'dequantizeInt8: zero has shape [1,1], expected [1] (one a row of values)',
    );
    expectError(() => dequantizeInt8(values, [1], 4), /was packed with K=3, expected K=4/);
    expectError(
      () => dequantizeInt8(values, [1], 3, { zero: [0.5] }),
      'dequantizeInt8: zero has elements that are not integers of 32 bits, expected a tensor or ' +
        'an array of int32',
    );
  });
});
