import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

import { inputGradient } from '../../src/gradients/input_gradient';
import { DequantizeInt4, DequantizeInt8, type RowRange } from '../../src/kernels/kernel_names';
import {
  dequantizeInt4,
  dequantizeInt8,
  quantizeWeightInt4,
  quantizeWeightInt8,
} from '../../src/ops';
import { runKernel } from '../../src/ops/run_kernel';
import { describeOnBackends } from '../support/backends';
import { contentsOf } from '../support/contents';
import { expectNoLeak, expectSameBits } from '../support/expectations';

const kernel = (k: number, n: number) => tf.randomNormal<tf.Rank.R2>([k, n], 0, 1, 'float32', 1);

describeOnBackends('inputGradient', () => {
  it('dequantizes no more rows at a time than fit the scratch memory', () => {
    const [n, k] = [10, 16];
    const w = tf.transpose(kernel(k, n)) as Tensor2D;
    const ranges: RowRange[] = [];
    const rowsOf = ({ firstRow, rowCount }: RowRange) => {
      ranges.push({ firstRow, rowCount });
      return tf.slice(w, [firstRow, 0], [rowCount, k]);
    };
    const dy = tf.randomNormal<tf.Rank.R2>([5, n], 0, 1, 'float32', 2);
    const dx = inputGradient(dy, k, rowsOf, 4 * k + 1);
    expect(ranges).toEqual([
      { firstRow: 0, rowCount: 4 },
      { firstRow: 4, rowCount: 4 },
      { firstRow: 8, rowCount: 2 },
    ]);
    const furthest = tf.max(tf.abs(tf.sub(dx, tf.matMul(dy, w)))).dataSync()[0];
    expect(furthest).toBeLessThan(1e-5);
    expectNoLeak(() => inputGradient(dy, k, rowsOf, 1));
  });
});

describeOnBackends('Rows that are dequantized', () => {
  const ranges: RowRange[] = [
    { firstRow: 0, rowCount: 7 },
    { firstRow: 3, rowCount: 2 },
    { firstRow: 6, rowCount: 1 },
    { firstRow: 7, rowCount: 0 },
  ];

  it('are those of all, in int8', () => {
    const { values, scale } = quantizeWeightInt8(kernel(21, 7));
    const all = dequantizeInt8(values, scale, 21);
    for (const range of ranges) {
      const rows = runKernel<Tensor2D>('', DequantizeInt8, { values, scale }, { k: 21, ...range });
      const { firstRow, rowCount } = range;
      expectSameBits(rows, contentsOf(tf.slice(all, [firstRow, 0], [rowCount, 21])));
    }
  });

  it('are those of all, in int4 with zero points and without', () => {
    const { values, scales, zeros } = quantizeWeightInt4(kernel(21, 7), { groupSize: 8 });
    for (const given of [zeros, null]) {
      const all = dequantizeInt4(values, scales, given, 21);
      const inputs = { values, scales, zeros: given ?? undefined };
      for (const range of ranges) {
        const attrs = { k: 21, groupSize: 8, ...range };
        const rows = runKernel<Tensor2D>('', DequantizeInt4, inputs, attrs);
        const { firstRow, rowCount } = range;
        expectSameBits(rows, contentsOf(tf.slice(all, [firstRow, 0], [rowCount, 21])));
      }
    }
  });
});
