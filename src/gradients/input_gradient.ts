import {
  add,
  dispose,
  matMul,
  reshape,
  slice,
  tidy,
  zeros,
  type Tensor,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

import type { RowRange } from '../kernels/kernel_names';
import { leadingShape, widthOf } from '../ops/shapes';

/** What the float32 copy of a part of the weights may take: 16 MiB. */
const BLOCK_ELEMENTS = 4 * 1024 * 1024;

/** Makes rows of the weights `[N, K]` float32 again. */
export type DequantizeRows = (range: RowRange) => Tensor;

/**
 * dx = dy · W for dy `[…, M, N]` and quantized W `[N, K]`: `[…, M, K]`.
 *
 * W becomes float32 a block of rows at a time, never as a whole where it is large.
 */
export function inputGradient(
  dy: Tensor,
  k: number,
  dequantizeRows: DequantizeRows,
  blockElements = BLOCK_ELEMENTS,
): Tensor {
  const shape = [...leadingShape(dy), k];
  if (dy.size === 0 || k === 0) return zeros(shape);
  const blockRows = Math.max(1, Math.floor(blockElements / k));
  return tidy(() => {
    const rows: Tensor2D = reshape(dy, [-1, widthOf(dy)]);
    return reshape(sumOfProducts(rows, blockRows, dequantizeRows), shape);
  });
}

/** Σ over blocks of columns of dy, each times the rows of W that belong to it. */
function sumOfProducts(dy: Tensor2D, blockRows: number, dequantizeRows: DequantizeRows): Tensor {
  const n = widthOf(dy);
  const product = (firstRow: number) => {
    const rowCount = Math.min(blockRows, n - firstRow);
    return tidy(() =>
      matMul(slice(dy, [0, firstRow], [-1, rowCount]), dequantizeRows({ firstRow, rowCount })),
    );
  };
  let sum: Tensor = product(0);
  for (let firstRow = blockRows; firstRow < n; firstRow += blockRows) {
    const terms = [sum, product(firstRow)];
    sum = add(terms[0], terms[1]);
    dispose(terms);
  }
  return sum;
}
