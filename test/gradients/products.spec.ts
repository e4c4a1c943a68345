import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

import {
  dequantizeInt4,
  dequantizeInt8,
  type FusedActivation,
  linearInt4,
  linearInt8,
  linearInt8Int4,
  matmulInt4Bf16,
  matmulInt4Int4Bf16,
  matmulInt8Bf16,
  quantizeInt4,
  quantizeInt8,
  quantizeWeightInt4,
  quantizeWeightInt8,
  type ScaleMethod,
} from '../../src/ops';
import { describeOnBackends } from '../support/backends';
import { expectNoLeak } from '../support/expectations';
import { finiteDifferences } from './finite_differences';

const [M, N, K] = [6, 7, 37];
const ACTIVATIONS: FusedActivation[] = ['linear', 'relu', 'relu6'];

/** A product with quantized weights, and what it stands for in real numbers. */
interface Case {
  /** The product of x `[…, M, K]`. */
  product: (x: Tensor, bias: Tensor, activation: FusedActivation) => Tensor;
  /** What the product takes instead of x. */
  seen: (x: Tensor) => Tensor;
  /** Float32 `[N, K]` */
  weights: Tensor2D;
}

const random = <R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number) =>
  tf.randomNormal<R>(shape, 0, 1, 'float32', seed);

function int4Case(symmetric: boolean): Case {
  const options = { groupSize: 16, symmetric };
  const { values, scales, zeros } = quantizeWeightInt4(random<tf.Rank.R2>([K, N], 1), options);
  const given = symmetric ? null : zeros;
  return {
    product: (x, bias, activation) =>
      matmulInt4Bf16(x, values, scales, given, { groupSize: 16, bias, activation }),
    seen: (x) => x,
    weights: dequantizeInt4(values, scales, zeros, K),
  };
}

function int8Int4Case(symmetric: boolean, method: ScaleMethod): Case {
  const options = { groupSize: 16, symmetric };
  const { values, scales, zeros } = quantizeWeightInt4(random<tf.Rank.R2>([K, N], 1), options);
  const given = symmetric ? null : zeros;
  return {
    product: (x, bias, activation) =>
      linearInt8Int4(x, values, scales, given, { groupSize: 16, bias, activation, method }),
    seen: (x) => {
      const rows = quantizeInt8(x, { method });
      return dequantizeInt8(rows.values, rows.scale, K);
    },
    weights: dequantizeInt4(values, scales, zeros, K),
  };
}

function int8Case(symmetric: boolean, scalarScale: boolean): Case {
  const quantized = quantizeWeightInt8(random<tf.Rank.R2>([K, N], 1));
  const { values } = quantized;
  const scale: Tensor = scalarScale ? tf.scalar(0.01) : quantized.scale;
  return {
    product: (x, bias, activation) => linearInt8(x, values, scale, { bias, activation, symmetric }),
    seen: (x) => {
      const rows = quantizeInt8(x, { symmetric });
      return dequantizeInt8(rows.values, rows.scale, K, { zero: rows.zero });
    },
    weights: dequantizeInt8(values, scalarScale ? tf.fill([N], 0.01) : scale, K),
  };
}

function int4Int4Case(method: ScaleMethod, scalarScale: boolean): Case {
  const quantized = quantizeInt4(random([N, K], 1));
  const { values } = quantized;
  const wScale: Tensor = scalarScale ? tf.scalar(0.2) : quantized.scale;
  const scales = scalarScale ? tf.fill([N, 1], 0.2) : tf.expandDims(wScale, -1);
  return {
    product: (x, bias, activation) => linearInt4(x, values, wScale, { bias, activation, method }),
    seen: (x) => {
      const rows = quantizeInt4(x, { method });
      return dequantizeInt4(rows.values, tf.expandDims(rows.scale, -1), null, K);
    },
    weights: dequantizeInt4(values, scales, null, K),
  };
}

const CASES: [string, () => Case][] = [
  ['matmulInt4Bf16', () => int4Case(false)],
  ['matmulInt4Bf16 without zeros', () => int4Case(true)],
  ['linearInt8Int4', () => int8Int4Case(false, 'abs_max')],
  ['linearInt8Int4 without zeros, by quest', () => int8Int4Case(true, 'quest')],
  ['linearInt8', () => int8Case(true, false)],
  ['linearInt8 with zero points for x', () => int8Case(false, false)],
  ['linearInt8 with one scale for all', () => int8Case(true, true)],
  ['linearInt4', () => int4Int4Case('abs_max', false)],
  ['linearInt4 by quest', () => int4Int4Case('quest', false)],
  ['linearInt4 with one scale for all', () => int4Int4Case('abs_max', true)],
];

function expectClose(actual: Tensor, expected: number[]): void {
  const values = Array.from(actual.dataSync());
  expect(values.length).toBe(expected.length);
  const furthest = Math.max(...values.map((value, i) => Math.abs(value - expected[i])));
  expect(furthest).toBeLessThan(1e-5 * Math.max(...expected.map(Math.abs)));
}

describeOnBackends('The gradient of a product', () => {
  for (const [what, make] of CASES) {
    for (const activation of ACTIVATIONS) {
      it(`is that of ${what} with ${activation}, by finite differences`, () => {
        const { product, seen, weights } = make();
        const [x, bias] = [tf.mul(random([M, K], 2), 0.5), random([N], 3)];
        const dy = random<tf.Rank.R2>([M, N], 4);
        const run = (x: Tensor, bias: Tensor) => product(x, bias, activation);
        const [dx, dbias] = tf.grads(run)([x, bias], dy);
        expect(dx.shape).toEqual([M, K]);
        const expected = finiteDifferences({
          x: seen(x).arraySync() as number[][],
          w: weights.arraySync(),
          bias: bias.arraySync() as number[],
          activation,
          dy: dy.arraySync(),
        });
        expectClose(dx, expected.dx);
        expectClose(dbias, expected.dbias);
      });
    }

    it(`has the shape of batches of ${what}`, () => {
      const { product } = make();
      const x = random([2, 3, M, K], 2);
      const bias = tf.zeros([N]);
      const dx = tf.grad((x) => product(x, bias, 'relu'))(x);
      const rows = tf.grad((x) => product(x, bias, 'relu'))(tf.reshape(x, [6 * M, K]));
      expect(dx.shape).toEqual(x.shape);
      expectClose(dx, Array.from(rows.dataSync()));
    });

    it(`of ${what} leaves nothing behind`, () => {
      const { product } = make();
      const [x, bias] = [random([M, K], 2), tf.zeros([N])];
      expectNoLeak(() => tf.grads((x, bias) => product(x, bias, 'relu6'))([x, bias]));
    });
  }

  it('is defined where there are no rows, no outputs or no features', () => {
    for (const [m, n, k] of [
      [0, 3, 8],
      [2, 0, 8],
      [2, 3, 0],
    ]) {
      const { values, scale } = quantizeWeightInt8(tf.ones([k, n]));
      const bias = tf.ones([n]);
      const run = (x: Tensor, bias: Tensor) => linearInt8(x, values, scale, { bias });
      const [dx, dbias] = tf.grads(run)([tf.ones([m, k]), bias], tf.ones([m, n]));
      expect(dx.shape).toEqual([m, k]);
      expect(Array.from(dx.dataSync())).toEqual(new Array(m * k).fill(0));
      expect(Array.from(dbias.dataSync())).toEqual(new Array(n).fill(m));

      const grouped = quantizeWeightInt4(tf.ones([k, n]));
      const linear8 = (x: Tensor) =>
        linearInt8Int4(x, grouped.values, grouped.scales, grouped.zeros);
      expect(tf.grad(linear8)(tf.ones([m, k]), tf.ones([m, n])).shape).toEqual([m, k]);

      const w = quantizeInt4(tf.ones([n, k]));
      const linear = (x: Tensor) => linearInt4(x, w.values, w.scale);
      expect(tf.grad(linear)(tf.ones([m, k]), tf.ones([m, n])).shape).toEqual([m, k]);
    }
  });

  it('of matmulInt8Bf16 is that of its bias', () => {
    const a = quantizeInt8(random([M, K], 1));
    const b = quantizeWeightInt8(random<tf.Rank.R2>([K, N], 2));
    const dy = random<tf.Rank.R2>([M, N], 3);
    const dbias = tf.grad((bias) =>
      matmulInt8Bf16(a.values, b.values, a.scale, b.scale, { bias, activation: 'relu' }),
    )(tf.zeros([N]), dy);
    const expected = finiteDifferences({
      x: dequantizeInt8(a.values, a.scale, K).arraySync() as number[][],
      w: dequantizeInt8(b.values, b.scale, K).arraySync() as number[][],
      bias: new Array<number>(N).fill(0),
      activation: 'relu',
      dy: dy.arraySync(),
    });
    expectClose(dbias, expected.dbias);
  });

  it('of matmulInt4Int4Bf16 is that of its bias', () => {
    const a = quantizeInt4(random([M, K], 1));
    const b = quantizeInt4(random([N, K], 2));
    const dy = random<tf.Rank.R2>([M, N], 3);
    const dbias = tf.grad((bias) =>
      matmulInt4Int4Bf16(a.values, b.values, a.scale, b.scale, { bias, activation: 'relu' }),
    )(tf.zeros([N]), dy);
    const realOf = ({ values, scale }: typeof a) =>
      dequantizeInt4(values, tf.expandDims(scale, -1), null, K).arraySync() as number[][];
    const expected = finiteDifferences({
      x: realOf(a),
      w: realOf(b),
      bias: new Array<number>(N).fill(0),
      activation: 'relu',
      dy: dy.arraySync(),
    });
    expectClose(dbias, expected.dbias);
  });

  it('is refused for what is quantized', () => {
    const { values, scale } = quantizeWeightInt8(tf.ones([4, 3]));
    const ofScale = tf.grad((scale) => linearInt8(tf.ones([2, 4]), values, scale));
    expect(() => ofScale(scale)).toThrowError(
      'linearInt8: wScale is part of quantized values and has no gradient; train x, the bias, ' +
        'or adapters (tf.qutlass.addLora)',
    );
    const w = quantizeWeightInt4(tf.ones([8, 3]));
    const ofScales = tf.grad((scales) =>
      matmulInt4Bf16(tf.ones([2, 8]), w.values, scales as Tensor2D, w.zeros),
    );
    expect(() => ofScales(w.scales)).toThrowError(/matmulInt4Bf16: scales is part of quantized/);
    const ofZeros = tf.grad((zeros) =>
      linearInt8Int4(tf.ones([2, 8]), w.values, w.scales, zeros as Tensor2D),
    );
    expect(() => ofZeros(w.zeros)).toThrowError(/linearInt8Int4: zeros is part of quantized/);
    const ofSa = tf.grad((sa) => matmulInt8Bf16(values, values, sa, scale));
    expect(() => ofSa(scale)).toThrowError(
      /matmulInt8Bf16: sa is part of quantized .* use tf.qutlass.linearInt8/,
    );
    const rows = quantizeInt4(tf.ones([2, 8]));
    const ofSb = tf.grad((sb) => matmulInt4Int4Bf16(rows.values, rows.values, 1, sb));
    expect(() => ofSb(rows.scale)).toThrowError(
      /matmulInt4Int4Bf16: sb is part of quantized .* use tf.qutlass.linearInt4/,
    );
    const ofMatrix = tf.grad((matrix) =>
      linearInt4(tf.ones([2, 8]), rows.values, rows.scale, { rotation: { matrix } }),
    );
    expect(() => ofMatrix(tf.eye(4))).toThrowError(
      'linearInt4: matrix is part of quantized values and has no gradient; train it as that of ' +
        'tf.qutlass.rotate',
    );
  });
});
