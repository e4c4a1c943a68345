/** Whether a provider computes what it should: its time says nothing where it does not. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../models/load_package';
import type { Format } from './providers/provider';

/**
 * What rounding the operands may cost on random normal data, relative to the largest value of the
 * result; more is a mistake, and a product of other data would be off by 1 or more. On the layers of
 * Qwen3-8B, 8 bits cost 0.010 to 0.015, 4 bits of the weights 0.11 to 0.15 and 4 bits of both 0.18 to
 * 0.25. A float32 product may be TF32's, whose operands have 11 bits.
 */
const LARGEST_ERROR: Record<Format, number> = {
  float32: 1e-3,
  int8: 0.02,
  int4: 0.25,
  int4a4: 0.5,
};

/** float32's product is wanted of so many rows at most: it is the slowest of all. */
const MOST_ROWS = 512;

/** Rows of a matrix of m, all or evenly chosen, with the first and the last. */
export function checkedRows(m: number): number[] {
  const count = Math.min(m, MOST_ROWS);
  return Array.from({ length: count }, (_, i) =>
    Math.round((i * (m - 1)) / Math.max(1, count - 1)),
  );
}

/** float32's product of some rows, which those of a result are compared with. */
export class Expectation {
  private readonly rows: Tensor1D;
  private readonly expected: Tensor2D;

  constructor(
    private readonly tf: Package,
    x: Tensor2D,
    kernel: Tensor2D,
  ) {
    this.rows = tf.tensor1d(checkedRows(x.shape[0]), 'int32');
    this.expected = tf.tidy(() => tf.matMul(tf.gather(x, this.rows), kernel));
  }

  /** The largest error of a result, relative to the largest value; NaN where it has one. */
  errorOf(result: Tensor2D): number {
    const { tf, rows, expected } = this;
    return tf.tidy(() => {
      const error = tf.gather(result, rows).sub(expected).abs().max();
      return error.div(expected.abs().max()).dataSync()[0];
    });
  }

  dispose(): void {
    this.tf.dispose([this.rows, this.expected]);
  }
}

/** Whether an error is one that its format explains. */
export function isRight(format: Format, error: number): boolean {
  return error <= LARGEST_ERROR[format];
}
