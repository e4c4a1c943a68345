import { op, util } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { Hadamard } from '../kernels/kernel_names';
import { HADAMARD_BLOCK_SIZE, readOptions } from './options';
import { assertWholeBlocks } from './rotation';
import { runKernel } from './run_kernel';
import { assertMinRank } from './shapes';
import { toTensor } from './tensor_arguments';
import type { HadamardOptions } from './types';

/**
 * Turns each block of consecutive elements of a row by the Hadamard matrix of that size: blocks
 * times H / √blockSize, which is symmetric and its own inverse.
 *
 * It spreads a large value over its whole block, so that a row has no outliers, which is what few
 * bits a value need. A product stays what it is where both sides are turned: (x·H)·(W·H)ᵀ = x·Wᵀ.
 *
 * H has Sylvester's order: H_ij is -1 to the number of bits that i and j have in common. It is applied
 * in stages of stride 1, 2, 4, … < blockSize, each of which makes a + b and a - b of the elements a
 * and b that are a stride apart; then each element is multiplied by 1 / √blockSize. Every step is one
 * float32 operation, in that order, so all backends give the same bits.
 *
 * ```js
 * const x = tf.oneHot([3], 64).mul(8).toFloat();  // an outlier
 * const turned = tf.qutlass.hadamard(x, {blockSize: 64});
 * turned.abs().max().print();  // 1
 * tf.qutlass.hadamard(turned, {blockSize: 64}).sub(x).abs().max().print();  // 0
 * ```
 *
 * Differentiable: the gradient is turned the same way.
 *
 * @param x float32 `[…, K]`
 * @param options `blockSize`: 16, 32, 64, 128, 256, 512 or 1024, and K is a multiple of it.
 * @returns float32 `[…, K]`
 * @throws where x is not float32 or has no axes, on another block size, and where K is no multiple
 *     of it.
 *
 * @doc {heading: 'Operations', subheading: 'Rotations'}
 */
function hadamard_<T extends Tensor>(x: T | TensorLike, options: HadamardOptions): T {
  const name = 'hadamard';
  const { blockSize } = readOptions(name, options, { blockSize: HADAMARD_BLOCK_SIZE });
  util.assert(
    blockSize !== undefined,
    () => `${name}: blockSize is missing, expected ${HADAMARD_BLOCK_SIZE.expected}`,
  );
  const $x = toTensor(name, 'x', x, 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  assertWholeBlocks(name, $x, blockSize!, 'blockSize');
  return runKernel<T>(name, Hadamard, { x: $x }, { blockSize: blockSize! });
}

export const hadamard = /* @__PURE__ */ op({ hadamard_ });
