import { op } from '@tensorflow/tfjs-core';
import type { Tensor, TensorLike } from '@tensorflow/tfjs-core';

import { QuantizeInt8 } from '../kernels/kernel_names';
import { BOOLEAN, readOptions } from './options';
import { rememberPacking } from './packed';
import { runKernel } from './run_kernel';
import { assertMinRank, widthOf } from './shapes';
import { toTensor } from './tensor_arguments';
import type { QuantizedInt8, QuantizeInt8Options } from './types';

/**
 * Quantizes each row of activations to int8 over its own range: x ≈ (values - zero) · scale.
 *
 * Symmetric: inv = 127 / max|x|, values = round(x · inv) in -127…127, scale = max|x| / 127,
 * zero = 0. Asymmetric, for ranges that lie to one side: lo = min(0, min x), hi = max(0, max x),
 * inv = 255 / (hi - lo), zero = round(-128 - lo · inv), values = round(x · inv) + zero in -128…127,
 * scale = (hi - lo) / 255. Every step is one float32 operation and halves round to even, so all
 * backends give the same bits.
 *
 * A row of zeros has scale 1 (so does one so small that inv overflows); a row with NaN or ±Inf has
 * scale NaN, which makes all of that row's products NaN and touches no other.
 *
 * ```js
 * const {values, scale, zero} = tf.qutlass.quantizeInt8([[0.5, -1, 0.25]]);
 * tf.qutlass.unpackInt8(values, 3).print();  // [[64, -127, 32]]
 * scale.print();
 * tf.qutlass.dequantizeInt8(values, scale, 3, {zero}).print();
 * ```
 *
 * @param x float32 `[…, K]`
 * @param options `symmetric`: defaults to true.
 * @returns `values`: packed int32 `[…, ceil(K/4)]`; `scale`: float32 `[…]`; `zero`: int32 `[…]`.
 * @throws where x is not float32 or has no axes.
 *
 * @doc {heading: 'Operations', subheading: 'Quantization'}
 */
function quantizeInt8_(x: Tensor | TensorLike, options?: QuantizeInt8Options): QuantizedInt8 {
  const name = 'quantizeInt8';
  const { symmetric = true } = readOptions(name, options, { symmetric: BOOLEAN });
  const $x = toTensor(name, 'x', x, 'float32');
  assertMinRank(name, 'x', $x, 1, '[…, K]');
  const [values, scale, zero] = runKernel<Tensor[]>(name, QuantizeInt8, { x: $x }, { symmetric });
  rememberPacking(values, { format: 'int8', k: widthOf($x) });
  return { values, scale, zero };
}

export const quantizeInt8 = /* @__PURE__ */ op({ quantizeInt8_ });
