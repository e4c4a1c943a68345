import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { LinearInt8 } from '../../src/kernels/kernel_names';
import {
  linearInt8,
  matmulInt8Bf16,
  packInt4,
  packInt8,
  quantizeInt8,
  quantizeWeightInt8,
  type Rotation,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, PRODUCT_SIZES, randomFloats, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { integerLayers } from '../support/packed_products';
import { checkProperty } from '../support/properties';

type RowOptions = { symmetric: boolean; method: 'abs_max' | 'quest' };

const quantizers = fc.constantFrom<RowOptions>(
  { symmetric: true, method: 'abs_max' },
  { symmetric: true, method: 'quest' },
  { symmetric: false, method: 'abs_max' },
);
const layers = integerLayers(-128, 127);

describeOnBackends('linearInt8', () => {
  it('quantizes x and multiplies', () => {
    const w = packInt8([
      [1, 2],
      [-1, 0],
    ]);
    const y = linearInt8([[127, -1]], w, [1, 0.5], { bias: [0, 100], activation: 'relu' });
    expectSameBits(y, floats([1, 2], [125, 36.5]));
  });

  it('gives the bits of quantizeInt8 and matmulInt8Bf16, and of the specification', () => {
    checkProperty(fc.tuple(layers, quantizers), ([layer, how]) => {
      const { x, weights, wScale, bias, activation } = layer;
      const w = packInt8(toTensor(weights));
      const [$x, $scale, $bias] = [toTensor(x), toTensor(wScale), bias && toTensor(bias)];
      const y = linearInt8($x, w, $scale, { bias: $bias, activation, ...how });

      const { values, scale, zero } = quantizeInt8($x, how);
      const aZero = how.symmetric ? null : zero;
      const options = { aZero, bias: $bias, activation };
      assertSameBits(y, contentsOf(matmulInt8Bf16(values, w, scale, $scale, options)));

      const inputs = { x, w: contentsOf(w), wScale, bias };
      const attrs = { activation, hadamard: 0, ...how };
      const [expected] = runCpuKernel(LinearInt8, inputs, attrs);
      assertSameBits(y, expected);
    });
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    it(`gives the specification's bits for M=${m}, N=${n}, K=${k}`, () => {
      const [x, bias] = [randomFloats([m, k], 1), randomFloats([n], 2)];
      const { values, scale } = quantizeWeightInt8(toTensor(randomFloats([k, n], 3)));
      for (const symmetric of [true, false]) {
        const y = linearInt8(toTensor(x), values, scale, { bias: toTensor(bias), symmetric });
        const inputs = { x, w: contentsOf(values), wScale: contentsOf(scale), bias };
        const attrs = { activation: 'linear', symmetric, method: 'abs_max', hadamard: 0 };
        expectSameBits(y, runCpuKernel(LinearInt8, inputs, attrs)[0]);
      }
    });
  }

  for (const [m, n, k, hadamard] of [
    [1, 65, 512, 16],
    [3, 33, 384, 128],
    [40, 17, 1024, 1024],
  ]) {
    it(`rotates x first: M=${m}, N=${n}, K=${k}, blocks of ${hadamard}`, () => {
      const x = toTensor(randomFloats([m, k], 1));
      const matrix = toTensor(randomFloats([hadamard / 2, hadamard / 2], 2));
      const w = quantizeWeightInt8(toTensor(randomFloats([k, n], 3)));
      const bias = toTensor(randomFloats([n], 4));
      for (const rotation of [{ hadamard }, { matrix }] as Rotation[]) {
        for (const how of [{ method: 'quest' }, { symmetric: false }] as const) {
          for (const given of [bias, undefined]) {
            const rows = quantizeInt8(x, { rotation, ...how });
            const apart = matmulInt8Bf16(rows.values, w.values, rows.scale, w.scale, {
              aZero: 'symmetric' in how ? rows.zero : null,
              bias: given,
            });
            const y = linearInt8(x, w.values, w.scale, { rotation, ...how, bias: given });
            expectSameBits(y, contentsOf(apart));
          }
        }
      }
    });
  }

  it('leaves the rows beside one with NaN alone', () => {
    const { values, scale } = quantizeWeightInt8([
      [1, 2],
      [3, 4],
    ]);
    const alone = linearInt8([[1, 2]], values, scale);
    const both = linearInt8(
      [
        [NaN, 1],
        [1, 2],
      ],
      values,
      scale,
    );
    expect(Array.from(both.dataSync())).toEqual([NaN, NaN, ...alone.dataSync()]);
  });

  it('leaves nothing behind', () => {
    const w = packInt8([[1, 2]]);
    expectNoLeak(() => linearInt8([[1, 2]], w, [1], { bias: [1] }));
  });

  it('refuses other arguments', () => {
    const x = tf.ones([2, 12]);
    const unpacked = tf.ones([3, 12], 'int32');
    const w = packInt8(unpacked);
    const int4 = packInt4(unpacked);
    expectError(
      () => linearInt8(x, unpacked, 1),
      'linearInt8: w has shape [3,12], expected [3,3] (K=12, as x has); it seems ' +
        'unpacked, pack it first with tf.qutlass.packInt8, quantizeInt8 or quantizeWeightInt8',
    );
    expectError(() => linearInt8(x, int4, 1), /w is packed as int4, expected int8/);
    expectError(
      () => linearInt8([[1, 2]], w, 1),
      'linearInt8: w was packed with K=12, expected K=2 (K=2, as x has)',
    );
    expectError(
      () => linearInt8(x, w, [1, 2]),
      'linearInt8: wScale has shape [2], expected [3] or a scalar (one a row of w)',
    );
    expectError(
      () => linearInt8(x, w, 1, { bias: [1] }),
      'linearInt8: bias has shape [1], expected [3] (one a row of w)',
    );
    expectError(() => linearInt8([1], w, 1), 'linearInt8: x has shape [1], expected […, M, K]');
    const wide = tf.zeros([1, 65794]);
    const wideW = tf.zeros([1, 16449], 'int32');
    expectError(() => linearInt8(wide, wideW, 1, { symmetric: false }), /K is 65794, .* 65793/);
    expectError(
      () => linearInt8(x, w, 1, { symmetric: false, method: 'quest' }),
      "linearInt8: method is 'quest', expected 'abs_max' where not symmetric",
    );
    expectError(
      () => linearInt8(x, w, 1, { rotation: { hadamard: 16 } }),
      'linearInt8: x has shape [2,12], expected K to be a multiple of 16 (the block size of ' +
        'hadamard)',
    );
  });
});
