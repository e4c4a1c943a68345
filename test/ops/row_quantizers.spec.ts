import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import {
  hadamard,
  quantizeInt4,
  quantizeInt8,
  type Rotation,
  rotate,
  type RowQuantizerOptions,
  type ScaleMethod,
  unpackInt4,
  unpackInt8,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { type Contents, contentsOf, floats, randomFloats, toTensor } from '../support/contents';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { anyFloats, assert, batchShape, checkProperty, size } from '../support/properties';
import { questLimit, symmetricRow } from '../support/references';

/** An op that quantizes rows. */
interface Format {
  op: 'quantizeInt4' | 'quantizeInt8';
  steps: number;
  /** Of the method 'quest'. */
  multiple: number;
  /** The mean square error of normally distributed rows of 4096 by abs_max, over that by quest. */
  gain: number;
  quantize: (
    x: Tensor,
    options: RowQuantizerOptions & { clipMask?: boolean },
  ) => { values: Tensor; scale: Tensor; mask?: Tensor };
  unpack: (values: Tensor, k: number) => Tensor;
}

const FORMATS: Format[] = [
  {
    op: 'quantizeInt4',
    steps: 7,
    multiple: 2.51393,
    gain: 1.93,
    quantize: (x, options) => quantizeInt4(x, options),
    unpack: (values, k) => unpackInt4(values, k, { signed: true }),
  },
  {
    op: 'quantizeInt8',
    steps: 127,
    multiple: 3.88494,
    gain: 0.87,
    quantize: (x, options) => quantizeInt8(x, options),
    unpack: (values, k) => unpackInt8(values, k),
  },
];

const anyRows = fc.tuple(batchShape, size(30)).chain(([batch, k]) => {
  const shape = [...batch, k];
  return anyFloats(tf.util.sizeFromShape(shape)).map((values) => floats(shape, values));
});

/** Rows, and a rotation of them. */
const rotatable = fc
  .tuple(fc.constantFrom(16, 32), fc.integer({ min: 1, max: 7 }), fc.boolean(), size(3), size(2))
  .chain(([block, n, isHadamard, blocks, rows]) => {
    const k = blocks * (isHadamard ? block : n);
    return fc.record({
      x: anyFloats(rows * k).map((values) => floats([rows, k], values)),
      rotation: isHadamard
        ? fc.constant({ hadamard: block })
        : anyFloats(n * n).map((values) => ({ matrix: floats([n, n], values) })),
      method: fc.constantFrom('abs_max' as const, 'quest' as const),
    });
  });

function rowsOf({ shape, values }: Contents): number[][] {
  const k = shape[shape.length - 1];
  const count = tf.util.sizeFromShape(shape.slice(0, -1));
  return Array.from({ length: count }, (_, row) =>
    Array.from(values.slice(row * k, (row + 1) * k)),
  );
}

/** A rotation whose matrix is on the active backend, and what it does. */
function settled(given: { hadamard: number } | { matrix: Contents }): {
  rotation: Rotation;
  turn: (x: Tensor) => Tensor;
} {
  if ('hadamard' in given) {
    return { rotation: given, turn: (x) => hadamard(x, { blockSize: given.hadamard }) };
  }
  const matrix = toTensor(given.matrix);
  return { rotation: { matrix }, turn: (x) => rotate(x, matrix) };
}

for (const format of FORMATS) {
  const { op, steps, multiple, gain, quantize, unpack } = format;

  /** Integers and scales of the rows of x, each of which has the limit that `limitOf` gives. */
  const expectedOf = (x: Contents, limitOf: (row: number[]) => number) => {
    const rows = rowsOf(x).map((row) => symmetricRow(row, limitOf(row), steps));
    return {
      integers: rows.flatMap(({ integers }) => integers),
      scale: floats(
        x.shape.slice(0, -1),
        rows.map(({ scale }) => scale),
      ),
    };
  };

  const assertQuantized = (
    { values, scale }: { values: Tensor; scale: Tensor },
    expected: { integers: number[]; scale: Contents },
    k: number,
  ) => {
    const integers = Array.from(unpack(values, k).dataSync());
    const at = integers.findIndex((integer, i) => integer !== expected.integers[i]);
    assert(at < 0, () => `at ${at}: got ${integers[at]}, expected ${expected.integers[at]}`);
    assertSameBits(scale, expected.scale);
  };

  describeOnBackends(`Rows of ${op}`, () => {
    it('have the largest value at the last step by abs_max', () => {
      checkProperty(anyRows, (x) => {
        const largest = (row: number[]) => row.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
        const k = x.shape[x.shape.length - 1];
        assertQuantized(quantize(toTensor(x), { method: 'abs_max' }), expectedOf(x, largest), k);
        assertQuantized(quantize(toTensor(x), {}), expectedOf(x, largest), k);
      });
    });

    it('have a multiple of the root mean square there by quest', () => {
      checkProperty(anyRows, (x) => {
        const k = x.shape[x.shape.length - 1];
        const expected = expectedOf(x, (row) => questLimit(row, multiple));
        assertQuantized(quantize(toTensor(x), { method: 'quest' }), expected, k);
      });
    });

    for (const k of [1, 63, 64, 1000, 4099]) {
      it(`add up squares in pairs of pairs by quest, for K=${k}`, () => {
        const x = randomFloats([3, k], k);
        const expected = expectedOf(x, (row) => questLimit(row, multiple));
        const quantized = quantize(toTensor(x), { method: 'quest' });
        expect(() => assertQuantized(quantized, expected, k)).not.toThrow();
      });
    }

    it('have scale NaN where the squares overflow, 1 where they vanish', () => {
      const x = [
        [1e20, 1, 0],
        [1e-30, -1e-30, 0],
        [1, 1, 1],
      ];
      const { values, scale } = quantize(tf.tensor(x), { method: 'quest' });
      const usual = Math.fround(Math.fround(multiple) / steps);
      expectSameBits(scale, floats([3], [NaN, 1, usual]));
      expect(Array.from(unpack(values, 3).dataSync().slice(0, 6))).toEqual([0, 0, 0, 0, 0, 0]);
    });

    it('have the bits of rotation and quantization, one after the other', () => {
      checkProperty(rotatable, ({ x, method, rotation: given }) => {
        const { rotation, turn } = settled(given);
        const fused = quantize(toTensor(x), { method, rotation });
        const apart = quantize(turn(toTensor(x)), { method });
        assertSameBits(fused.values, contentsOf(apart.values));
        assertSameBits(fused.scale, contentsOf(apart.scale));
      });
    });

    for (const [blockSize, k] of [
      [64, 192],
      [128, 4096],
      [512, 1536],
      [1024, 2048],
    ]) {
      it(`have them in blocks of ${blockSize} and rows of ${k}`, () => {
        const x = toTensor(randomFloats([5, k], 1));
        const matrix = toTensor(randomFloats([blockSize / 4, blockSize / 4], 2));
        for (const method of ['abs_max', 'quest'] as const) {
          const fused = quantize(x, { method, rotation: { hadamard: blockSize } });
          const apart = quantize(hadamard(x, { blockSize }), { method });
          expectSameBits(fused.values, contentsOf(apart.values));
          expectSameBits(fused.scale, contentsOf(apart.scale));
          const byMatrix = quantize(x, { method, rotation: { matrix } });
          expectSameBits(
            byMatrix.values,
            contentsOf(quantize(rotate(x, matrix), { method }).values),
          );
        }
      });
    }

    // A figure of docs/quantization.md.
    it(`lose ${gain} times as much by abs_max as by quest where they are normal`, () => {
      const x = toTensor(randomFloats([64, 4096], 1));
      const lossOf = (method: ScaleMethod) => {
        const { values, scale } = quantize(x, { method });
        const real = tf.mul(unpack(values, 4096), tf.expandDims(scale, -1));
        return tf.mean(tf.square(tf.sub(real, x))).dataSync()[0];
      };
      expect(lossOf('abs_max') / lossOf('quest')).toBeCloseTo(gain, 1);
    });

    it('say which values were not clipped', () => {
      const x = floats([2, 4], [1, -100, NaN, 1, 0, 0, 1, -1]);
      const options = { method: 'quest', clipMask: true } as const;
      const rows = quantize(toTensor(x), options);
      expect(rows.mask!.dtype).toBe('bool');
      expect(Array.from(rows.mask!.dataSync())).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);

      const outlier = new Array<number>(64).fill(0.1).concat([-100]);
      const { mask } = quantize(tf.tensor([outlier]), options);
      expect(mask!.shape).toEqual([1, 65]);
      expect(Array.from(mask!.dataSync())).toEqual([...new Array<number>(64).fill(1), 0]);
    });

    it('say it of what a rotation made of them', () => {
      const x = toTensor(randomFloats([6, 256], 3));
      const rotation = { hadamard: 128 };
      const { mask, scale } = quantize(x, { method: 'quest', rotation, clipMask: true });
      const turned = contentsOf(hadamard(x, { blockSize: 128 })).values;
      const reach = Array.from(scale.dataSync(), (value) => Math.fround(value * (steps + 0.5)));
      const expected = Array.from(turned, (value, i) =>
        Number(Math.abs(value) <= reach[Math.floor(i / 256)]),
      );
      expect(Array.from(mask!.dataSync())).toEqual(expected);
      const all = quantize(x, { clipMask: true });
      expect(tf.all(all.mask!).dataSync()[0]).toBe(1);
    });

    it('leave nothing behind', () => {
      const x = toTensor(randomFloats([2, 32], 1));
      expectNoLeak(() => quantize(x, { method: 'quest', rotation: { hadamard: 16 } }));
      expectNoLeak(() => quantize(x, { rotation: { matrix: [[2]] }, clipMask: true }));
    });

    it('are refused other options', () => {
      const x = tf.ones([2, 40]);
      const [square, matrix] = [tf.ones([3, 3]), tf.ones([3, 4])];
      const refused: [unknown, string][] = [
        [{ method: 'mse' }, "method is 'mse', expected 'abs_max' or 'quest'"],
        [
          { rotation: 64 },
          'rotation is 64, expected {hadamard: a block size} or {matrix: a tensor}',
        ],
        [{ rotation: {} }, 'rotation has neither hadamard nor matrix, expected one of them'],
        [
          { rotation: { hadamard: 16, matrix: square } },
          'rotation has both hadamard and matrix, expected one of them',
        ],
        [
          { rotation: { hadamard: 24 } },
          'rotation: hadamard is 24, expected 16, 32, 64, 128, 256, 512 or 1024',
        ],
        [
          { rotation: { size: 16 } },
          "rotation: unknown option 'size', expected 'hadamard' or 'matrix'",
        ],
        [
          { rotation: { hadamard: 32 } },
          'x has shape [2,40], expected K to be a multiple of 32 (the block size of hadamard)',
        ],
        [{ rotation: { matrix } }, 'matrix has shape [3,4], expected [n, n] with n of 1 or more'],
        [
          { rotation: { matrix: square } },
          'x has shape [2,40], expected K to be a multiple of 3 (the size of matrix)',
        ],
        [{ clipMask: 1 }, 'clipMask is 1, expected true or false'],
      ];
      for (const [options, message] of refused) {
        expectError(() => quantize(x, options as RowQuantizerOptions), `${op}: ${message}`);
      }
    });
  });
}

describeOnBackends('Rows of quantizeInt8 that are not symmetric', () => {
  it('are rotated too', () => {
    const x = toTensor(randomFloats([3, 64], 1));
    const fused = quantizeInt8(x, { symmetric: false, rotation: { hadamard: 32 } });
    const apart = quantizeInt8(hadamard(x, { blockSize: 32 }), { symmetric: false });
    expectSameBits(fused.values, contentsOf(apart.values));
    expectSameBits(fused.zero, contentsOf(apart.zero));
  });

  it('have neither the method quest nor a mask', () => {
    const x = tf.ones([2, 4]);
    expectError(
      () => quantizeInt8(x, { symmetric: false, method: 'quest' }),
      "quantizeInt8: method is 'quest', expected 'abs_max' where not symmetric",
    );
    expectError(
      () => quantizeInt8(x, { symmetric: false, clipMask: true }),
      'quantizeInt8: clipMask is true, expected false where not symmetric: nothing is clipped',
    );
  });
});
