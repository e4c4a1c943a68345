/**
 * Random matrices of any size at the cost of writing them: a small random block, repeated. tfjs makes
 * random numbers one by one in JavaScript, which takes minutes for the weights of a large layer.
 *
 * The repetition hides no mistake: blocks of x and of weights have other widths, primes where they
 * may be, so rows of both together do not repeat.
 */
import type { Tensor2D } from '@tensorflow/tfjs-core';

import type { Package } from '../models/load_package';

/** K is divided into blocks as long as the longest rotation, which thus turns one as it turns all. */
const KERNEL_BLOCK: [number, number] = [1024, 1021];
const INPUT_BLOCK: [number, number] = [251, 1031];

const KERNEL_SEED = 2;
const INPUT_SEED = 1;
const KERNEL_DEVIATION = 0.05;

const blocks = new Map<number, Float32Array>();

/** Made once a process. */
function randomBlock(tf: Package, shape: [number, number], deviation: number, seed: number) {
  let values = blocks.get(seed);
  if (values === undefined) {
    values = tf.randomNormal(shape, 0, deviation, 'float32', seed).dataSync<'float32'>();
    blocks.set(seed, values);
  }
  return tf.tensor2d(values, shape);
}

/** As much of a block as a matrix of that size needs. */
function cut(block: Tensor2D, [rows, columns]: [number, number]): Tensor2D {
  const [blockRows, blockColumns] = block.shape;
  return block.slice([0, 0], [Math.min(rows, blockRows), Math.min(columns, blockColumns)]);
}

function repeated(block: Tensor2D, [rows, columns]: [number, number]): Tensor2D {
  const [blockRows, blockColumns] = block.shape;
  const wide = block
    .tile([1, Math.ceil(columns / blockColumns)])
    .slice([0, 0], [blockRows, columns]);
  const high = wide.tile([Math.ceil(rows / blockRows), 1]);
  wide.dispose();
  return high.slice([0, 0], [rows, columns]) as Tensor2D;
}

/** Activations `[m, k]`, standard normal. */
export function randomInput(tf: Package, m: number, k: number): Tensor2D {
  return tf.tidy(() => {
    const block = cut(randomBlock(tf, INPUT_BLOCK, 1, INPUT_SEED), [m, k]);
    return repeated(block, [m, k]);
  });
}

/** Weights `[k, n]`; the same, turned by `hadamard` along k where that is not 0. */
export function randomKernel(tf: Package, k: number, n: number, hadamard = 0): Tensor2D {
  return tf.tidy(() => {
    const block = cut(randomBlock(tf, KERNEL_BLOCK, KERNEL_DEVIATION, KERNEL_SEED), [k, n]);
    if (hadamard === 0) return repeated(block, [k, n]);
    const turned = tf.qutlass.hadamard(block.transpose(), { blockSize: hadamard }).transpose();
    return repeated(turned as Tensor2D, [k, n]);
  });
}
