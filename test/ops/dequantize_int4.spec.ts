import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { dequantizeInt4, packInt4, quantizeWeightInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floats, integers, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { batchShape, checkProperty, integersIn, scales, size, words } from '../support/properties';
import { packedElement } from '../support/references';

const quantized = fc
  .tuple(batchShape, size(40), fc.constantFrom(8, 16, 64), fc.boolean())
  .chain(([batch, k, groupSize, hasZeros]) => {
    const rows = tf.util.sizeFromShape(batch);
    const groups = Math.max(1, Math.ceil(k / groupSize));
    return fc.record({
      batch: fc.constant(batch),
      k: fc.constant(k),
      groupSize: fc.constant(groupSize),
      groups: fc.constant(groups),
      rows: fc.constant(rows),
      packed: words(rows * Math.ceil(k / 8)),
      scale: scales(rows * groups),
      zero: hasZeros ? integersIn(0, 15, rows * groups) : fc.constant(null),
    });
  });

describeOnBackends('dequantizeInt4', () => {
  it('takes the zero point off and multiplies, group by group', () => {
    const values = packInt4([[0, 1, 2, 3, 4, 5, 6, 7, 15, 14, 13, 12, 11, 10, 9, 8]]);
    const x = dequantizeInt4(values, [[1, 0.5]], [[0, 15]], 16);
    const second = [0, -0.5, -1, -1.5, -2, -2.5, -3, -3.5];
    expectSameBits(x, floats([1, 16], [0, 1, 2, 3, 4, 5, 6, 7, ...second]));
  });

  it('takes 8 for zero points that are null', () => {
    expectSameBits(
      dequantizeInt4(packInt4([[0, 8, 15]]), [[2]], null, 3),
      floats([1, 3], [-16, 0, 14]),
    );
  });

  it('rounds each product to float32 once', () => {
    checkProperty(quantized, (given) => {
      const { batch, k, groupSize, groups, rows, packed, scale, zero } = given;
      const width = Math.ceil(k / 8);
      const x = dequantizeInt4(
        toTensor(integers([...batch, width], packed)),
        toTensor(floats([...batch, groups], scale)),
        zero && toTensor(integers([...batch, groups], zero)),
        k,
        { groupSize },
      );
      const expected: number[] = [];
      for (let row = 0; row < rows; row++) {
        const rowWords = packed.slice(row * width, (row + 1) * width);
        for (let i = 0; i < k; i++) {
          const group = row * groups + Math.floor(i / groupSize);
          expected.push((packedElement(rowWords, 4, i) - (zero ? zero[group] : 8)) * scale[group]);
        }
      }
      assertSameBits(x, floats([...batch, k], expected));
    });
  });

  it('knows the group size of quantizeWeightInt4', () => {
    const kernel = tf.randomNormal<tf.Rank.R2>([96, 3], 0, 1, 'float32', 1);
    // Two groups of 64 and 32: the shapes alone would say two of 48.
    const { values, scales, zeros } = quantizeWeightInt4(kernel, { groupSize: 64 });
    const restored = tf.transpose(dequantizeInt4(values, scales, zeros, 96));
    const [error] = tf.max(tf.abs(tf.sub(restored, kernel))).dataSync();
    expect(error).toBeLessThan(Math.max(...scales.dataSync()));
    expectError(
      () => dequantizeInt4(values, scales, zeros, 96, { groupSize: 48 }),
      'dequantizeInt4: groupSize is 48, but the weights were quantized in groups of 64',
    );
  });

  it('leaves nothing behind', () => {
    const values = packInt4([[1, 2, 3]]);
    expectNoLeak(() => dequantizeInt4(values, [[1]], [[0]], 3));
  });

  it('refuses shapes that do not match', () => {
    const values = packInt4([[1, 2, 3]]);
    expectError(
      () => dequantizeInt4(values, [1], null, 3),
      'dequantizeInt4: scales has shape [1], expected […, G]',
    );
    expectError(
      () => dequantizeInt4(values, [[1], [2]], null, 3),
      'dequantizeInt4: scales has shape [2,1], expected [1,1] (K=3, group size 3)',
    );
    expectError(
      () => dequantizeInt4(values, [[1]], [[1, 2]], 3),
      'dequantizeInt4: zeros has shape [1,2], expected [1,1] (the shape of scales)',
    );
  });
});
