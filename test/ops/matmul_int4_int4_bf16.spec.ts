import * as tf from '@tensorflow/tfjs-core';

import { MatmulInt4Int4Bf16 } from '../../src/kernels/kernel_names';
import { matmulInt4Int4Bf16, packInt4, quantizeInt4, unpackInt4 } from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import {
  contentsOf,
  floatBits,
  floats,
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
  packedProducts,
} from '../support/packed_products';
import { anyFloats, checkProperty, scales } from '../support/properties';
import { nearestBf16, packedElement } from '../support/references';

function multiply({ a, b, sa, sb, bias, activation }: PackedProduct): tf.Tensor {
  const options = { bias: bias && toTensor(bias), activation };
  return matmulInt4Int4Bf16(toTensor(a), toTensor(b), toTensor(sa), toTensor(sb), options);
}

const layout: Layout = {
  perWord: 8,
  elementAt: (words, i) => packedElement(words, 4, i) - 8,
};

const signed = { signed: true };

describeOnBackends('matmulInt4Int4Bf16', () => {
  it('multiplies, scales, adds the bias and activates', () => {
    const a = packInt4(
      [
        [1, -2, 3],
        [-8, 7, 0],
      ],
      signed,
    );
    const b = packInt4(
      [
        [1, 1, 1],
        [2, 0, -7],
      ],
      signed,
    );
    const y = matmulInt4Int4Bf16(a, b, [0.5, 1], [1, 2]);
    expectSameBits(y, floats([2, 2], [1, -19, -1, -32]));
    const relu6 = matmulInt4Int4Bf16(a, b, 1, [1, 1], { bias: [5, 0], activation: 'relu6' });
    expectSameBits(relu6, floats([2, 2], [6, 0, 4, 0]));
  });

  it('is that of the integers, whatever K', () => {
    for (const k of [1, 7, 8, 9, 31, 33]) {
      const [a, b] = [randomWords([3, 5], k), randomWords([4, 5], k + 1)].map((words) =>
        tf.slice(unpackInt4(toTensor(words), 40, signed), [0, 0], [-1, k]),
      );
      const y = matmulInt4Int4Bf16(packInt4(a, signed), packInt4(b, signed), 1, 1);
      const sums = tf.matMul(tf.cast(a, 'float32'), tf.cast(b, 'float32'), false, true);
      // Adding 0 makes the -0 of a single product +0, as the integers have it.
      const expected = sums.dataSync().map((sum) => nearestBf16(sum + 0));
      expectSameBits(y, floats([3, 4], expected));
    }
  });

  it('sums exactly up to the largest K', () => {
    const k = 131064;
    const a = packInt4(tf.fill<tf.Rank.R2>([1, k], -8, 'int32'), signed);
    const b = packInt4(tf.fill<tf.Rank.R2>([1, k], 7, 'int32'), signed);
    expectSameBits(matmulInt4Int4Bf16(a, a, 2 ** -3, 1), floats([1, 1], [2 ** 20]));
    expectSameBits(matmulInt4Int4Bf16(b, b, 1, 1, { bias: [-49 * k] }), floats([1, 1], [0]));
    expectSameBits(matmulInt4Int4Bf16(a, b, 1, 1, { bias: [56 * k] }), floats([1, 1], [0]));
  });

  it('makes a row with scale NaN all NaN, and leaves the others alone', () => {
    const { values, scale } = quantizeInt4([
      [1, NaN, 0],
      [1, 2, 4],
    ]);
    const b = packInt4([[0, 0, 7]], signed);
    for (const activation of ['linear', 'relu', 'relu6'] as const) {
      const y = matmulInt4Int4Bf16(values, b, scale, 2 ** -3, { activation });
      expectSameBits(y, floatBits([2, 1], [0x7fc00000, 0x40600000]));
    }
  });

  it('is bf16(act(bias)) where K is 0', () => {
    const empty = tf.zeros([2, 0], 'int32');
    expectSameBits(matmulInt4Int4Bf16(empty, empty, 1, 1), floats([2, 2], [0, 0, 0, 0]));
    const options = { bias: [-1, 1.00390625], activation: 'relu' } as const;
    expectSameBits(matmulInt4Int4Bf16(empty, empty, 1, 1, options), floats([2, 2], [0, 1, 0, 1]));
  });

  it('is the exact product, rounded', () => {
    checkProperty(packedProducts(scales), (product) => {
      assertSameBits(multiply(product), exactProduct(product, layout));
    });
  });

  it("gives the specification's bits, whatever the scales", () => {
    checkProperty(packedProducts(anyFloats), (product) => {
      const { activation, ...inputs } = product;
      const [expected] = runCpuKernel(MatmulInt4Int4Bf16, inputs, { activation });
      assertSameBits(multiply(product), expected);
    });
  });

  for (const [m, n, k] of PRODUCT_SIZES) {
    it(`gives the specification's bits for M=${m}, N=${n}, K=${k}, every time`, () => {
      const packed = (rows: number, seed: number) => {
        const words = toTensor(randomWords([rows, Math.ceil(k / 8)], seed));
        // Any bits but those of the tail, which is 8.
        const all = unpackInt4(words, 8 * Math.ceil(k / 8), signed);
        return contentsOf(packInt4(tf.slice(all, [0, 0], [rows, k]), signed));
      };
      const product: PackedProduct = {
        a: packed(m, 1),
        b: packed(n, 2),
        sa: randomFloats([m], 3),
        sb: randomFloats([n], 4),
        bias: randomFloats([n], 5),
        activation: 'linear',
      };
      const { activation, ...inputs } = product;
      const [expected] = runCpuKernel(MatmulInt4Int4Bf16, inputs, { activation });
      for (let i = 0; i < 3; i++) expectSameBits(multiply(product), expected);
    });
  }

  it('comes near to the float32 product, nearer by quest and rotated', () => {
    const x = tf.randomNormal<tf.Rank.R2>([4, 256], 0, 1, 'float32', 1);
    // Every 50th element is an outlier.
    const outliers = tf.tensor1d(Array.from({ length: 256 }, (_, i) => (i % 50 === 0 ? 30 : 1)));
    const rows = tf.mul<tf.Tensor2D>(x, outliers);
    const weights = tf.randomNormal<tf.Rank.R2>([32, 256], 0, 1, 'float32', 2);
    const errorOf = (options: object) => {
      const [a, b] = [quantizeInt4(rows, options), quantizeInt4(weights, options)];
      const y = matmulInt4Int4Bf16(a.values, b.values, a.scale, b.scale);
      const exact = tf.matMul(rows, weights, false, true);
      return tf.div(tf.norm(tf.sub(y, exact)), tf.norm(exact)).dataSync()[0];
    };
    const plain = errorOf({});
    const rotated = errorOf({ rotation: { hadamard: 128 } });
    const quest = errorOf({ rotation: { hadamard: 128 }, method: 'quest' });
    expect(plain).toBeLessThan(0.4);
    expect(rotated).toBeLessThan(0.8 * plain);
    expect(quest).toBeLessThan(rotated);
  });

  it('leaves nothing behind', () => {
    const a = packInt4([[1, 2, 3]], signed);
    expectNoLeak(() => matmulInt4Int4Bf16(a, a, [1], [1], { bias: [1] }));
  });
});
