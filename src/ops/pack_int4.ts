import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { PackInt4 } from '../kernels/kernel_names';
import { BOOLEAN, readOptions } from './options';
import { rememberPacking } from './packed';
import { runKernel } from './run_kernel';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';
import type { PackInt4Options } from './types';

/**
 * Packs integers of 4 bits, eight to an int32 word.
 *
 * Element 8w+i of a row is nibble i (lowest first) of word w. The rest of a last word stands
 * for the value 0. `tf.qutlass.unpackInt4` is the inverse.
 *
 * ```js
 * const packed = tf.qutlass.packInt4([1, 2, 15]);
 * packed.print();  // 0xf21: [3873]
 * tf.qutlass.packInt4([[-8, 7]], {signed: true}).print();  // stored with 8 added
 * ```
 *
 * @param x int32 or float32 `[…, K]`: values in 0…15, or in -8…7 where signed. Floats are rounded,
 *     halves to even.
 * @param options `signed`: defaults to false.
 * @returns int32 `[…, ceil(K/8)]`
 * @throws where x has another dtype or no axes. Where a value is out of range: in memory that the
 *     host sees; on a GPU such values are clamped.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function packInt4_<T extends Tensor>(x: Tensor | TensorLike, options?: PackInt4Options): T {
  const name = 'packInt4';
  const { signed = false } = readOptions(name, options, { signed: BOOLEAN });
  const $x = toTensor(name, 'x', x, 'int32', 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  const packed = runKernel<T>(name, PackInt4, { x: $x }, { signed });
  return rememberPacking(packed, { format: 'int4', k: widthOf($x), signed });
}

export const packInt4 = /* @__PURE__ */ op({ packInt4_ });
