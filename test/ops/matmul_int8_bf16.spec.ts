import * as tf from '@tensorflow/tfjs-core';

import { MatmulInt8Bf16 } from '../../src/kernels/kernel_names';
import { matmulInt8Bf16, packInt8, quantizeInt8, quantizeWeightInt8 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import {
  floatBits,
  floats,
  integers,
  PRODUCT_SIZES,
  randomFloats,
  randomWords,
  toTensor,
} from '../support/contents';
import { runCpuKernel } from '../support/cpu_kernels';
import { assertSameBits, expectNoLeak, expectSameBits } from '../support/expectations';
import {
  exactProduct,
  type Layout,
  type PackedProduct,
  packedProductsWithZeros,
} from '../support/packed_products';
import { anyFloats, checkProperty, scales } from '../support/properties';
import { int8Element } from '../support/references';

function multiply({ a, b, sa, sb, aZero, bias, activation }: PackedProduct): tf.Tensor {
  return matmulInt8Bf16(toTensor(a), toTensor(b), toTensor(sa), toTensor(sb), {
    aZero: aZero && toTensor(aZero),
    bias: bias && toTensor(bias),
    activation,
  });
}

const layout: Layout = { perWord: 4, elementAt: int8Element };

describeOnBackends('matmulInt8Bf16', () => {
  it('multiplies rows by rows, with scales, bias and activation', () => {
    const a = packInt8([
      [1, 2, 3],
      [-4, 5, -6],
    ]);
    const b = packInt8([
      [1, 0, 0],
      [1, 1, 1],
    ]);
    const y = matmulInt8Bf16(a, b, [1, 2], [1, 0.5], { bias: [0, 0.25] });
    expectSameBits(y, floats([2, 2], [1, 3.25, -8, -4.75]));
    const relu = matmulInt8Bf16(a, b, 1, 2, { activation: 'relu' });
    expectSameBits(relu, floats([2, 2], [2, 12, 0, 0]));
    const relu6 = matmulInt8Bf16(a, b, 1, 2, { activation: 'relu6' });
    expectSameBits(relu6, floats([2, 2], [2, 6, 0, 0]));
  });

  it('takes the zero points off the rows of a', () => {
    const a = packInt8([
      [10, 11],
      [-128, 127],
    ]);
    const b = packInt8([[1, 3]]);
    const y = matmulInt8Bf16(a, b, 1, 1, { aZero: [10, -128] });
    expectSameBits(y, floats([2, 1], [3, 764]));
  });

  it('rounds once to bf16, ties to even', () => {
    const a = packInt8([[127], [127], [1]]);
    const b = packInt8([[2], [3]]);
    // 381 lies between the bf16 values 380 and 382.
    expectSameBits(matmulInt8Bf16(a, b, 1, 1), floats([3, 2], [254, 380, 254, 380, 2, 3]));
  });

  it('sums exactly up to the largest K', () => {
    for (const [k, options] of [
      [131071, {}],
      [65793, { aZero: [127] }],
    ] as const) {
      const a = packInt8(tf.fill<tf.Rank.R2>([1, k], -128, 'int32'));
      const y = matmulInt8Bf16(a, a, 1, 1, options);
      const sum = 'aZero' in options ? -255 * -128 * k : 128 * 128 * k;
      // Just below 2³¹, so bf16 has it as 2³¹.
      expect(sum).toBeLessThan(2 ** 31);
      expectSameBits(y, floats([1, 1], [2 ** 31]));
    }
  });

  it('makes a row with scale NaN all NaN, the same NaN, and leaves the others alone', () => {
    const { values, scale } = quantizeInt8([
      [1, NaN, 0],
      [1, 2, 4],
    ]);
    const b = packInt8([[0, 0, 127]]);
    for (const activation of ['linear', 'relu', 'relu6'] as const) {
      const y = matmulInt8Bf16(values, b, scale, 2 ** -7, { activation });
      expectSameBits(y, floatBits([2, 1], [0x7fc00000, 0x407e0000]));
    }
  });

  it('is bf16(act(bias)) where K is 0', () => {
    const empty = tf.zeros([2, 0], 'int32');
    expectSameBits(matmulInt8Bf16(empty, empty, 1, 1), floats([2, 2], [0, 0, 0, 0]));
    const y = matmulInt8Bf16(empty, empty, 1, 1, { bias: [-1, 1.00390625], activation: 'relu' });
    expectSameBits(y, floats([2, 2], [0, 1, 0, 1]));
  });

  it('is the exact product, rounded', () => {
    checkProperty(packedProductsWithZeros(scales), (product) => {
      assertSameBits(multiply(product), exactProduct(product, layout));
    });
  });

  it("gives the specification's bits, whatever the scales", () => {
    checkProperty(packedProductsWithZeros(anyFloats), (product) => {
      const { activation, ...inputs } = product;
      const [expected] = runCpuKernel(MatmulInt8Bf16, inputs, { activation });
      assertSameBits(multiply(product), expected);
    });
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    it(`gives the specification's bits for M=${m}, N=${n}, K=${k}, every time`, () => {
      const width = Math.ceil(k / 4);
      const product: PackedProduct = {
        a: randomWords([m, width], 1),
        b: randomWords([n, width], 2),
        sa: randomFloats([m], 3),
        sb: randomFloats([n], 4),
        aZero: integers(
          [m],
          Array.from({ length: m }, (_, row) => ((row * 37) % 256) - 128),
        ),
        bias: randomFloats([n], 5),
        activation: 'linear',
      };
      const { activation, ...inputs } = product;
      const [expected] = runCpuKernel(MatmulInt8Bf16, inputs, { activation });
      for (let i = 0; i < 3; i++) expectSameBits(multiply(product), expected);
    });
  }

  it('comes near to the float32 product', () => {
    const x = tf.randomNormal<tf.Rank.R2>([4, 256], 0, 1, 'float32', 1);
    const kernel = tf.randomNormal<tf.Rank.R2>([256, 32], 0, 1, 'float32', 2);
    const b = quantizeWeightInt8(kernel);
    for (const symmetric of [true, false]) {
      const a = quantizeInt8(x, { symmetric });
      const y = matmulInt8Bf16(a.values, b.values, a.scale, b.scale, { aZero: a.zero });
      const difference = tf.norm(tf.sub(y, tf.matMul(x, kernel))).dataSync()[0];
      expect(difference / tf.norm(y).dataSync()[0]).toBeLessThan(0.02);
    }
  });

  it('leaves nothing behind', () => {
    const a = packInt8([[1, 2, 3]]);
    expectNoLeak(() => matmulInt8Bf16(a, a, [1], [1], { bias: [1], aZero: [0] }));
  });
});
