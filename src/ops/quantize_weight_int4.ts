import { op } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, TensorLike } from '@tensorflow/tfjs-core';

import { QuantizeWeightInt4 } from '../kernels/kernel_names';
import { assertGroupSize, normalGroupSize } from './group_size';
import { BOOLEAN, POSITIVE_INTEGER, readOptions } from './options';
import { rememberPacking } from './packed';
import { runKernel } from './run_kernel';
import { assertRank } from './shapes';
import { toTensor } from './tensor_arguments';
import type { QuantizedWeightInt4, QuantizeWeightInt4Options } from './types';

const DEFAULT_GROUP_SIZE = 128;

/**
 * Quantizes the kernel of a dense layer to int4, with a scale and a zero point a group of elements
 * along K, and lays it out for `tf.qutlass.matmulInt4Bf16`: kernelᵀ ≈ (values - zeros) · scales.
 *
 * Asymmetric: the range of a group is made to hold 0 and mapped to 0…15. Symmetric: values are
 * -7…7 stored with the zero point 8 added. Rounding and special rows are those of
 * `tf.qutlass.quantizeInt8`, a group at a time.
 *
 * ```js
 * const kernel = tf.randomNormal([64, 16]);
 * const {values, scales, zeros} = tf.qutlass.quantizeWeightInt4(kernel, {groupSize: 32});
 * console.log(values.shape, scales.shape);  // [16, 8], [16, 2]
 * tf.qutlass.matmulInt4Bf16(tf.ones([1, 64]), values, scales, zeros).print();
 * ```
 *
 * @param kernel float32 `[K, N]`, as tf.layers.dense has it.
 * @param options `groupSize`: a multiple of 8, or K or more for one group; the last group may be
 *     short; defaults to 128; 32, 64, 128 and K are the fast ones. `symmetric`: defaults to false.
 * @returns `values`: packed int32 `[N, ceil(K/8)]`; `scales`: float32 `[N, G]`; `zeros`: int32
 *     `[N, G]` in 0…15, where G = ceil(K / groupSize), at least 1.
 * @throws where kernel is not float32 or has not two axes, or on another group size.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function quantizeWeightInt4_(
  kernel: Tensor | TensorLike,
  options?: QuantizeWeightInt4Options,
): QuantizedWeightInt4 {
  const name = 'quantizeWeightInt4';
  const { groupSize = DEFAULT_GROUP_SIZE, symmetric = false } = readOptions(name, options, {
    groupSize: POSITIVE_INTEGER,
    symmetric: BOOLEAN,
  });
  const $kernel = toTensor(name, 'kernel', kernel, 'float32');
  assertRank(name, 'kernel', $kernel, 2, '[K, N]');
  const k = $kernel.shape[0];
  assertGroupSize(name, k, groupSize);
  const attrs = { groupSize: normalGroupSize(k, groupSize), symmetric };
  const [values, scales, zeros] = runKernel<Tensor2D[]>(
    name,
    QuantizeWeightInt4,
    { kernel: $kernel },
    attrs,
  );
  rememberPacking(values, { format: 'int4', k, groupSize: attrs.groupSize, signed: symmetric });
  return { values, scales, zeros };
}

export const quantizeWeightInt4 = /* @__PURE__ */ op({ quantizeWeightInt4_ });
