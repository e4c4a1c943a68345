import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { Rotate } from '../kernels/kernel_names';
import { assertRotationMatrix, assertWholeBlocks } from './rotation';
import { runKernel } from './run_kernel';
import { assertMinRank } from './shapes';
import { toTensor } from './tensor_arguments';

/**
 * Turns each block of n consecutive elements of a row by a matrix: y = block · matrix.
 *
 * With an orthogonal matrix a product stays what it is where both sides are turned:
 * (x·R)·(W·R)ᵀ = x·Wᵀ. `tf.qutlass.hadamard` is the fast one of these; a matrix can be learned.
 *
 * y_j = x_0·R_0j + x_1·R_1j + …, in ascending order, each product and each sum rounded to float32
 * (never fused), so all backends give the same bits.
 *
 * ```js
 * const [c, s] = [Math.cos(0.5), Math.sin(0.5)];
 * const matrix = tf.tensor2d([[c, s], [-s, c]]);
 * const x = tf.tensor2d([[1, 0, 0, 2]]);
 * const y = tf.qutlass.rotate(x, matrix);
 * y.print();
 * tf.qutlass.rotate(y, matrix.transpose()).print();  // [[1, 0, 0, 2]]
 * ```
 *
 * Differentiable in both: dx is dy turned by the transposed matrix, and the gradient of the matrix is
 * the sum over all blocks of blockᵀ · dy.
 *
 * @param x float32 `[…, K]`
 * @param matrix float32 `[n, n]`, where K is a multiple of n.
 * @returns float32 `[…, K]`
 * @throws on other dtypes, where x has no axes or matrix is not square, and where K is no multiple
 *     of n.
 *
 * @doc {heading: 'Operations', subheading: 'Rotations'}
 */
function rotate_<T extends Tensor>(x: T | TensorLike, matrix: Tensor | TensorLike): T {
  const name = 'rotate';
  const $x = toTensor(name, 'x', x, 'float32');
  const $matrix = toTensor(name, 'matrix', matrix, 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  assertRotationMatrix(name, $matrix);
  assertWholeBlocks(name, $x, $matrix.shape[0], 'the size of matrix');
  return runKernel<T>(name, Rotate, { x: $x, matrix: $matrix });
}

export const rotate = /* @__PURE__ */ op({ rotate_ });
