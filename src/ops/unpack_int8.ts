import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { UnpackInt8 } from '../kernels/kernel_names';
import { assertPacked } from './packed';
import { runKernel } from './run_kernel';
import { assertK, assertMinRank } from './shapes';
import { toTensor } from './tensor_arguments';

/**
 * Unpacks integers of 8 bits: the inverse of `tf.qutlass.packInt8`.
 *
 * ```js
 * const packed = tf.qutlass.packInt8([1, 2, -1]);
 * tf.qutlass.unpackInt8(packed, 3).print();  // [1, 2, -1]
 * ```
 *
 * @param packed int32 `[…, ceil(K/4)]`
 * @param K elements a row: the packed width only bounds it.
 * @returns int32 `[…, K]`: values in -128…127.
 * @throws where packed is not int32, its width is not ceil(K/4), or it was packed with another K.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function unpackInt8_<T extends Tensor>(packed: Tensor | TensorLike, K: number): T {
  const name = 'unpackInt8';
  assertK(name, K);
  const $packed = toTensor(name, 'packed', packed, 'int32');
  assertMinRank(name, 'packed', $packed, 1, '[…, ceil(K/4)]');
  assertPacked(name, 'packed', $packed, 'int8', K, `K=${K}`);
  return runKernel<T>(name, UnpackInt8, { packed: $packed }, { k: K });
}

export const unpackInt8 = /* @__PURE__ */ op({ unpackInt8_ });
