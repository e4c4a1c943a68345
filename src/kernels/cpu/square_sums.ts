/**
 * Sums of the squares of rows, in an order that any vector width and any number of threads can keep:
 * adjacent pairs, then adjacent pairs of those, and so on up a binary tree. A row counts as filled up
 * with +0 to a power of two, so an element without a partner goes up as it is.
 */
export class SquareSums {
  private readonly level: Float32Array;

  /** @param k elements a row. */
  constructor(private readonly k: number) {
    this.level = new Float32Array(k);
  }

  /** The sum of the row of `x` that begins at `start`: each square and each sum rounded to float32. */
  ofRow(x: Float32Array, start: number): number {
    const { level, k } = this;
    // Storing to level rounds to float32.
    for (let i = 0; i < k; i++) level[i] = x[start + i] * x[start + i];
    let length = k;
    for (; length > 1; length = Math.ceil(length / 2)) {
      const pairs = length >> 1;
      for (let i = 0; i < pairs; i++) level[i] = level[2 * i] + level[2 * i + 1];
      if (length % 2 === 1) level[pairs] = level[length - 1];
    }
    return k === 0 ? 0 : level[0];
  }
}
