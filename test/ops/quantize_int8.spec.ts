import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { QuantizeInt8 } from '../../src/kernels/kernel_names';
import { quantizeInt8, unpackInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { floatBits, floats, integers, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import {
  anyFloats,
  assert,
  batchShape,
  checkProperty,
  moderateFloats,
  size,
} from '../support/properties';

const anyRows = fc.tuple(batchShape, size(30), fc.boolean()).chain(([batch, k, symmetric]) =>
  anyFloats(tf.util.sizeFromShape(batch) * k).map((values) => ({
    x: floats([...batch, k], values),
    symmetric,
  })),
);

const oneRow = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.boolean())
  .chain(([k, symmetric]) =>
    moderateFloats(k).map((values) => ({ x: floats([k], values), symmetric })),
  );

describeOnBackends('quantizeInt8', () => {
  it('spreads the largest value over 127 steps', () => {
    const { values, scale, zero } = quantizeInt8([
      [0, 1, -2, 0.5],
      [127, -63.5, 1.5, 2.5],
    ]);
    const expected = integers([2, 4], [0, 64, -127, 32, 127, -64, 2, 2]);
    expectSameBits(unpackInt8(values, 4), expected);
    expectSameBits(scale, floats([2], [2 / 127, 1]));
    expectSameBits(zero, integers([2], [0, 0]));
  });

  it('uses the whole range where it is not symmetric', () => {
    const x = [
      [0, 51, 255],
      [-255, -51, -1],
    ];
    const { values, scale, zero } = quantizeInt8(x, { symmetric: false });
    expectSameBits(unpackInt8(values, 3), integers([2, 3], [-128, -77, 127, -128, 76, 126]));
    expectSameBits(scale, floats([2], [1, 1]));
    expectSameBits(zero, integers([2], [-128, 127]));
  });

  it('gives rows of zeros, and of denormals, the scale 1', () => {
    for (const symmetric of [true, false]) {
      const { values, scale, zero } = quantizeInt8(
        [
          [0, -0],
          [1e-45, -1e-40],
        ],
        { symmetric },
      );
      expectSameBits(values, integers([2, 1], [0, 0]));
      expectSameBits(scale, floats([2], [1, 1]));
      expectSameBits(zero, integers([2], [0, 0]));
    }
  });

  it('gives a row with NaN or infinity the scale NaN, and leaves the others alone', () => {
    const x = [
      [1, NaN],
      [1, 2],
      [Infinity, 0],
      [0, -Infinity],
    ];
    for (const symmetric of [true, false]) {
      const { scale } = quantizeInt8(x, { symmetric });
      const finite = quantizeInt8([x[1]], { symmetric }).scale.dataSync()[0];
      const nan = 0x7fc00000;
      const bits = new Uint32Array(Float32Array.of(finite).buffer)[0];
      expectSameBits(scale, floatBits([4], [nan, bits, nan, nan]));
    }
  });

  it('is within a step of every value', () => {
    checkProperty(oneRow, ({ x, symmetric }) => {
      const k = x.values.length;
      const { values, scale, zero } = quantizeInt8(toTensor(x), { symmetric });
      const [step] = scale.dataSync();
      const [origin] = zero.dataSync();
      const stored = unpackInt8(values, k).dataSync();
      // Rounding the zero point as well can take half a step more off the ends of the range.
      const steps = symmetric ? 0.501 : 1.001;
      x.values.forEach((value, i) => {
        const restored = (stored[i] - origin) * step;
        assert(
          Math.abs(restored - value) <= steps * step,
          () => `${value} became ${restored}, one step is ${step}`,
        );
      });
    });
  });

  it('represents 0 exactly, and the largest value by the last step', () => {
    checkProperty(oneRow, ({ x }) => {
      const k = x.values.length;
      const { values, scale } = quantizeInt8(toTensor(x));
      const amax = Math.max(...x.values.map(Math.abs));
      if (amax === 0 || 127 / amax > 3.4e38) return;
      const largest = Math.max(...unpackInt8(values, k).dataSync().map(Math.abs));
      assert(largest === 127, () => `largest value ${largest}`);
      const expected = Math.fround(amax / 127);
      assert(scale.dataSync()[0] === expected, () => `scale ${scale.dataSync()[0]}`);
    });
  });

  it("gives the specification's bits", () => {
    checkProperty(anyRows, ({ x, symmetric }) => {
      const { values, scale, zero } = quantizeInt8(toTensor(x), { symmetric });
      const expected = runCpuKernel(
        QuantizeInt8,
        { x },
        { symmetric, method: 'abs_max', hadamard: 0 },
      );
      [values, scale, zero].forEach((tensor, i) => assertSameBits(tensor, expected[i]));
    });
  });

  it('leaves nothing behind', () => {
    expectNoLeak(() => quantizeInt8([[1, 2, 3]]));
  });

  it('refuses other arguments', () => {
    const x = tf.tensor1d([1], 'int32');
    expectError(() => quantizeInt8(x), 'quantizeInt8: x has dtype int32, expected float32');
    expectError(() => quantizeInt8(3), 'quantizeInt8: x has shape [], expected […, K]');
    expectError(
      () => quantizeInt8([1], { symmetric: 'yes' } as object),
      "quantizeInt8: symmetric is 'yes', expected true or false",
    );
  });

  it('has no gradient', () => {
    const sum = (x: tf.Tensor) => tf.sum<tf.Scalar>(quantizeInt8(x).scale);
    expect(() => tf.grad(sum)(tf.ones([2, 3]))).toThrowError(/gradient/);
  });
});
