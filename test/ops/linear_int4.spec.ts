import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';

import { LinearInt4 } from '../../src/kernels/kernel_names';
import {
  linearInt4,
  matmulInt4Int4Bf16,
  packInt4,
  packInt8,
  quantizeInt4,
  type Rotation,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { contentsOf, floats, PRODUCT_SIZES, randomFloats, toTensor } from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectError, expectNoLeak, expectSameBits } from '../support/expectations';
import { integerLayers } from '../support/packed_products';
import { checkProperty } from '../support/properties';

const signed = { signed: true };
const methods = fc.constantFrom('abs_max' as const, 'quest' as const);

const layers = integerLayers(-8, 7);

describeOnBackends('linearInt4', () => {
  it('quantizes x and multiplies', () => {
    const w = packInt4(
      [
        [1, 2],
        [-1, 0],
      ],
      signed,
    );
    const y = linearInt4([[7, -1]], w, [1, 0.5], { bias: [0, 10], activation: 'relu' });
    expectSameBits(y, floats([1, 2], [5, 6.5]));
  });

  it('gives the bits of quantizeInt4 and matmulInt4Int4Bf16, and of the specification', () => {
    checkProperty(fc.tuple(layers, methods), ([layer, method]) => {
      const { x, weights, wScale, bias, activation } = layer;
      const w = packInt4(toTensor(weights), signed);
      const [$x, $scale, $bias] = [toTensor(x), toTensor(wScale), bias && toTensor(bias)];
      const y = linearInt4($x, w, $scale, { bias: $bias, activation, method });

      const { values, scale } = quantizeInt4($x, { method });
      const options = { bias: $bias, activation };
      assertSameBits(y, contentsOf(matmulInt4Int4Bf16(values, w, scale, $scale, options)));

      const inputs = { x, w: contentsOf(w), wScale, bias };
      const attrs = { activation, method, hadamard: 0 };
      assertSameBits(y, runCpuKernel(LinearInt4, inputs, attrs)[0]);
    });
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    it(`gives the specification's bits for M=${m}, N=${n}, K=${k}`, () => {
      const [x, bias] = [randomFloats([m, k], 1), randomFloats([n], 2)];
      const { values, scale } = quantizeInt4(toTensor(randomFloats([n, k], 3)));
      const inputs = { x, w: contentsOf(values), wScale: contentsOf(scale), bias };
      for (const method of ['abs_max', 'quest'] as const) {
        const y = linearInt4(toTensor(x), values, scale, { bias: toTensor(bias), method });
        const attrs = { activation: 'linear', method, hadamard: 0 };
        expectSameBits(y, runCpuKernel(LinearInt4, inputs, attrs)[0]);
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
      const w = quantizeInt4(toTensor(randomFloats([n, k], 3)));
      const bias = toTensor(randomFloats([n], 4));
      for (const rotation of [{ hadamard }, { matrix }] as Rotation[]) {
        for (const given of [bias, undefined]) {
          const rows = quantizeInt4(x, { rotation, method: 'quest' });
          const apart = matmulInt4Int4Bf16(rows.values, w.values, rows.scale, w.scale, {
            bias: given,
          });
          const y = linearInt4(x, w.values, w.scale, { rotation, method: 'quest', bias: given });
          expectSameBits(y, contentsOf(apart));
        }
      }
    });
  }

  it('leaves the rows beside one with NaN alone', () => {
    const w = packInt4(
      [
        [1, 2],
        [3, 4],
      ],
      signed,
    );
    const alone = linearInt4([[1, 2]], w, 1);
    const x = [
      [NaN, 1],
      [1, 2],
    ];
    expect(Array.from(linearInt4(x, w, 1).dataSync())).toEqual([NaN, NaN, ...alone.dataSync()]);
  });

  it('leaves nothing behind', () => {
    const w = packInt4([[1, 2]], signed);
    expectNoLeak(() => linearInt4([[1, 2]], w, [1], { bias: [1] }));
    expectNoLeak(() => linearInt4([[1, 2]], w, [1], { rotation: { matrix: [[1]] } }));
  });

  it('refuses other arguments', () => {
    const x = tf.ones([2, 12]);
    const unpacked = tf.ones([3, 12], 'int32');
    const w = packInt4(unpacked, signed);
    const [int8, unsigned] = [packInt8(unpacked), packInt4(unpacked)];
    expectError(
      () => linearInt4(x, unpacked, 1),
      'linearInt4: w has shape [3,12], expected [3,2] (K=12, as x has); it seems unpacked, pack ' +
        'it first with tf.qutlass.packInt4, quantizeInt4 or quantizeWeightInt4',
    );
    expectError(() => linearInt4(x, int8, 1), /w is packed as int8, expected int4/);
    expectError(() => linearInt4(x, unsigned, 1), /linearInt4: w is packed as unsigned int4/);
    expectError(
      () => linearInt4(x, w, [1, 2]),
      'linearInt4: wScale has shape [2], expected [3] or a scalar (one a row of w)',
    );
    expectError(
      () => linearInt4(x, w, 1, { bias: [1] }),
      'linearInt4: bias has shape [1], expected [3] (one a row of w)',
    );
    expectError(() => linearInt4([1], w, 1), 'linearInt4: x has shape [1], expected […, M, K]');
    expectError(
      () => linearInt4(x, w, 1, { rotation: { hadamard: 16 } }),
      'linearInt4: x has shape [2,12], expected K to be a multiple of 16 (the block size of ' +
        'hadamard)',
    );
    expectError(
      () => linearInt4(x, w, 1, { symmetric: false } as object),
      "linearInt4: unknown option 'symmetric', expected 'bias', 'activation', 'method' or 'rotation'",
    );
  });
});
