import { op } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, TensorLike } from '@tensorflow/tfjs-core';

import { QuantizeWeightInt8 } from '../kernels/kernel_names';
import { rememberPacking } from './packed';
import { runKernel } from './run_kernel';
import { assertRank } from './shapes';
import { toTensor } from './tensor_arguments';
import type { QuantizedWeightInt8 } from './types';

/**
 * Quantizes the kernel of a dense layer to int8, with one symmetric scale an output channel, and
 * lays it out for `tf.qutlass.matmulInt8Bf16` and `linearInt8`: kernelᵀ ≈ values · scale.
 *
 * The arithmetic is that of `tf.qutlass.quantizeInt8` on the rows of kernelᵀ.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const {values, scale} = tf.qutlass.quantizeWeightInt8(kernel);
 * console.log(values.shape, scale.shape);  // [16, 16], [16]
 * tf.qutlass.linearInt8(tf.ones([1, 64]), values, scale).print();
 * ```
 *
 * @param kernel float32 `[K, N]`, as tf.layers.dense has it.
 * @returns `values`: packed int32 `[N, ceil(K/4)]`; `scale`: float32 `[N]`.
 * @throws where kernel is not float32 or has not two axes.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function quantizeWeightInt8_(kernel: Tensor | TensorLike): QuantizedWeightInt8 {
  const name = 'quantizeWeightInt8';
  const $kernel = toTensor(name, 'kernel', kernel, 'float32');
  assertRank(name, 'kernel', $kernel, 2, '[K, N]');
  const [values, scale] = runKernel<[Tensor2D, Tensor1D]>(name, QuantizeWeightInt8, {
    kernel: $kernel,
  });
  rememberPacking(values, { format: 'int8', k: $kernel.shape[0] });
  return { values, scale };
}

export const quantizeWeightInt8 = /* @__PURE__ */ op({ quantizeWeightInt8_ });
