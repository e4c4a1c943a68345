import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { hadamard } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, integers, randomFloats, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, batchShape, checkProperty, size } from '../support/properties';
import { blockwise, hadamardBlock } from '../support/references';

const BLOCK_SIZES = [16, 32, 64, 128, 256, 512, 1024];

/** H_ij · √n in Sylvester order: -1 to the number of bits that i and j have in common. */
function sign(i: number, j: number): number {
  let bits = 0;
  for (let common = i & j; common > 0; common >>= 1) bits += common & 1;
  return bits % 2 === 0 ? 1 : -1;
}

const rows = fc
  .tuple(batchShape, fc.constantFrom(16, 32, 64), size(3))
  .chain(([batch, blockSize, blocks]) => {
    const shape = [...batch, blocks * blockSize];
    return anyFloats(tf.util.sizeFromShape(shape)).map((values) => ({
      x: floats(shape, values),
      blockSize,
    }));
  });

describeOnBackends('hadamard', () => {
  for (const blockSize of BLOCK_SIZES) {
    it(`is the matrix of ${blockSize} in Sylvester order`, () => {
      // Sums of small integers are exact in any order, so only the last product rounds.
      const [a, b] = [3, blockSize - 2];
      const x = new Array<number>(2 * blockSize).fill(0);
      x[a] = 5;
      x[b] = -2;
      x[blockSize + 1] = 3;
      const factor = Math.fround(1 / Math.sqrt(blockSize));
      const expected = Array.from({ length: blockSize }, (_, j) => 5 * sign(a, j) - 2 * sign(b, j));
      const second = Array.from({ length: blockSize }, (_, j) => 3 * sign(1, j));
      expectSameBits(
        hadamard(x, { blockSize }),
        floats(
          [2 * blockSize],
          [...expected, ...second].map((value) => value * factor),
        ),
      );
    });

    it(`has the bits of float32 butterflies of ${blockSize}`, () => {
      const x = randomFloats([3, 2 * blockSize], blockSize);
      const expected = blockwise(x.values, blockSize, hadamardBlock);
      expectSameBits(hadamard(toTensor(x), { blockSize }), floats(x.shape, expected));
    });

    it(`of ${blockSize} is its own inverse`, () => {
      const x = toTensor(randomFloats([4, blockSize], 1));
      const back = hadamard(hadamard(x, { blockSize }), { blockSize });
      expect(tf.max(tf.abs(tf.sub(back, x))).dataSync()[0]).toBeLessThan(4e-6);
    });
  }

  it('has those bits for any values', () => {
    checkProperty(rows, ({ x, blockSize }) => {
      const expected = blockwise(x.values, blockSize, hadamardBlock);
      assertSameBits(hadamard(toTensor(x), { blockSize }), floats(x.shape, expected));
    });
  });

  it('keeps NaN within its block', () => {
    const x = new Array<number>(48).fill(1);
    x[20] = NaN;
    const y = contentsOf(hadamard(x, { blockSize: 16 })).values;
    const isNaN = Array.from(y, Number.isNaN);
    expect(isNaN).toEqual(x.map((_, i) => i >= 16 && i < 32));
  });

  it('takes rows of no elements, and no rows', () => {
    expect(hadamard(tf.zeros([2, 0]), { blockSize: 16 }).shape).toEqual([2, 0]);
    expect(hadamard(tf.zeros([0, 32]), { blockSize: 16 }).shape).toEqual([0, 32]);
  });

  it('leaves x and nothing else behind', () => {
    const x = toTensor(floats([16], new Array<number>(16).fill(2)));
    expectNoLeak(() => hadamard(x, { blockSize: 16 }));
    expect(x.dataSync()[5]).toBe(2);
  });

  it('refuses other arguments', () => {
    const x = tf.ones([2, 40]);
    expectError(
      () => hadamard(x, { blockSize: 16 }),
      'hadamard: x has shape [2,40], expected K to be a multiple of 16 (blockSize)',
    );
    for (const blockSize of [8, 48, 2048, 16.5]) {
      expectError(
        () => hadamard(x, { blockSize }),
        `hadamard: blockSize is ${blockSize}, expected 16, 32, 64, 128, 256, 512 or 1024`,
      );
    }
    expectError(
      () => hadamard(x, undefined as unknown as { blockSize: number }),
      'hadamard: blockSize is missing, expected 16, 32, 64, 128, 256, 512 or 1024',
    );
    expectError(() => hadamard(1, { blockSize: 16 }), 'hadamard: x has shape [], expected […, K]');
    const words = toTensor(integers([16], new Array<number>(16).fill(1)));
    expectError(
      () => hadamard(words, { blockSize: 16 }),
      'hadamard: x has dtype int32, expected float32',
    );
  });
});
