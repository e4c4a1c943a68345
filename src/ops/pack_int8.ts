import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { PackInt8 } from '../kernels/kernel_names';
import { rememberPacking } from './packed';
import { runKernel } from './run_kernel';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';

/**
 * Packs integers of 8 bits, four to an int32 word.
 *
 * Element 4w+i of a row is byte i (lowest first) of word w, two's complement. The rest of a last
 * word is 0. `tf.qutlass.unpackInt8` is the inverse.
 *
 * ```js
 * const packed = tf.qutlass.packInt8([1, 2, -1]);
 * packed.print();  // 0xff0201: [16712193]
 * ```
 *
 * @param x int32 or float32 `[…, K]`: values in -128…127. Floats are rounded, halves to even.
 * @returns int32 `[…, ceil(K/4)]`
 * @throws where x has another dtype or no axes. Where a value is out of range: in memory that the
 *     host sees; on a GPU such values are clamped.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function packInt8_<T extends Tensor>(x: Tensor | TensorLike): T {
  const name = 'packInt8';
  const $x = toTensor(name, 'x', x, 'int32', 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  const packed = runKernel<T>(name, PackInt8, { x: $x });
  return rememberPacking(packed, { format: 'int8', k: widthOf($x) });
}

export const packInt8 = /* @__PURE__ */ op({ packInt8_ });
