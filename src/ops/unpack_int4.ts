import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { UnpackInt4 } from '../kernels/kernel_names';
import { BOOLEAN, readOptions } from './options';
import { assertPacked } from './packed';
import { runKernel } from './run_kernel';
import { assertK, assertMinRank } from './shapes';
import { toTensor } from './tensor_arguments';
import type { PackInt4Options } from './types';

/**
 * Unpacks integers of 4 bits: the inverse of `tf.qutlass.packInt4`.
 *
 * ```js
 * const packed = tf.qutlass.packInt4([1, 2, 15]);
 * tf.qutlass.unpackInt4(packed, 3).print();  // [1, 2, 15]
 * ```
 *
 * @param packed int32 `[…, ceil(K/8)]`
 * @param K elements a row: the packed width only bounds it.
 * @param options `signed`: whether to take off the 8 that signed packing adds. Defaults to false.
 * @returns int32 `[…, K]`: values in 0…15, or in -8…7 where signed.
 * @throws where packed is not int32, its width is not ceil(K/8), or it was packed with another K.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function unpackInt4_<T extends Tensor>(
  packed: Tensor | TensorLike,
  K: number,
  options?: PackInt4Options,
): T {
  const name = 'unpackInt4';
  const { signed = false } = readOptions(name, options, { signed: BOOLEAN });
  assertK(name, K);
  const $packed = toTensor(name, 'packed', packed, 'int32');
  assertMinRank(name, 'packed', $packed, 1, '[…, ceil(K/8)]');
  assertPacked(name, 'packed', $packed, 'int4', K, `K=${K}`);
  return runKernel<T>(name, UnpackInt4, { packed: $packed }, { k: K, signed });
}

export const unpackInt4 = /* @__PURE__ */ op({ unpackInt4_ });
